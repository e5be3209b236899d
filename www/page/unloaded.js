// What keeps the page from starting, said in words with what would help. Always: a classic script that runs before the
// page's modules, since it has to be there when they do not load; it names nothing that others could see; a page that has
// started is left alone.
{
  const isFile = location.protocol === "file:";

  const say = (text) => {
    if (!document.getElementById("controls")?.inert) return;
    const line = document.getElementById("status");
    line.textContent = text;
    line.dataset.tone = "refused";
  };
  const sayWhy = (why) => say(`This page could not start: ${why}. Load it anew, or try another browser, of mid-2024 or later.`);

  if (isFile) {
    say("This page cannot work when opened as a file: browsers load its modules from a web server only. "
      + "Run npm start, or put the folder on any static host.");
  } else {
    // That a script does not load is told to the script, and to others only on the way there.
    addEventListener("error", ({ target, message }) => {
      if (target === window) sayWhy(message.replace(/^Uncaught /, ""));
      else if (target instanceof HTMLScriptElement) say("This page could not start because its scripts did not load. Look whether there is a network, then load it anew.");
    }, true);
    addEventListener("unhandledrejection", ({ reason }) => sayWhy(reason?.message ?? reason));
  }
}
