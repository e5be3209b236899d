// Opened as a file, the page says that it cannot work so, and what to do. Always: a classic script, since browsers load
// no modules from files; it names nothing that others could see.
if (location.protocol === "file:") {
  const line = document.getElementById("status");
  line.textContent = "This page cannot work when opened as a file: browsers load its modules from a web server only. "
    + "Run npm start, or put the folder on any static host.";
  line.dataset.tone = "refused";
}
