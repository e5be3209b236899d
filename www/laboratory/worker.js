// Replays a recording under one placement after the other, away from the page. Always: one job at a time;
// it tells now and then how far it is, and ends with one row of the comparison, or with the error's words.
import { measure } from "./engine.js";

let shared;

addEventListener("message", async ({ data }) => {
  if (data.shared) {
    shared = data.shared;
    return;
  }
  try {
    const result = await measure(shared, data.job, (progress) => postMessage({ progress }));
    postMessage({ result });
  } catch ({ message, code }) {
    postMessage({ error: { message, code } });
  }
});
