// Fields with a wrong value, marked for eyes and screen readers alike. Always: the mark goes as soon as something else is
// typed; what is wrong is said elsewhere.

/** @param {HTMLInputElement} field @param {boolean} valid */
export function mark(field, valid) {
  if (valid) return clear(field);
  field.setAttribute("aria-invalid", "true");
  field.addEventListener("input", typed);
}

const typed = ({ currentTarget }) => clear(currentTarget);

function clear(field) {
  field.removeAttribute("aria-invalid");
  field.removeEventListener("input", typed);
}
