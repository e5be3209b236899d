// Every test of the page, in one process: they share one server and one browser. Each file also runs by
// itself: `node --test tests/page/access.mjs`, after `npm run build`.
import "./access.mjs";
import "./actions.mjs";
import "./defragment.mjs";
import "./history.mjs";
import "./laboratory.mjs";
import "./links.mjs";
import "./modules.mjs";
import "./offline.mjs";
import "./picture.mjs";
import "./placements.mjs";
import "./policy.mjs";
import "./quiz.mjs";
import "./recordings.mjs";
import "./scenarios.mjs";
import "./side.mjs";
import "./state.mjs";
import "./workers.mjs";
