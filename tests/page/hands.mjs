// Acts on the page's controls as a script does, at less than half of what a pointer costs: for what leads to what a test is
// about, while that itself is done by pointer or by keys, as people do. Always: a control is found by its name, it has
// the focus afterwards, as after a key, and what nobody could use - hidden, disabled, inert, or not yet drawn - is waited
// for as a person would, and in the end refused.

/** Gives a page what the functions below need of it; before it is loaded. */
export const lend = (page) => page.addInitScript(() => {
  // As they are now: a test may take another clock.
  const [frame, now] = [requestAnimationFrame.bind(window), performance.now.bind(performance)];
  const named = (control) => (control.ariaLabel ?? control.labels?.[0]?.textContent ?? control.textContent).trim();
  const usable = (control) => control.checkVisibility() && !control.disabled && !control.closest("[inert]");

  async function find(kind, name) {
    const names = [name].flat();
    for (const begun = now(); ; await new Promise(frame)) {
      // Before it has begun, the page's controls are inert, and its tabs do nothing.
      const drawn = !document.documentElement.hasAttribute("data-due") && !document.querySelector("#controls[inert]");
      const found = drawn ? Array.from(document.querySelectorAll(kind)).filter((control) => names.includes(named(control)) && usable(control)) : [];
      if (found.length === 1) return found[0];
      if (found.length > 1 || now() - begun > 20_000) throw new Error(`of what can be used, ${found.length} are named ${names.join(" or ")}`);
    }
  }

  function put(control, value) {
    control.focus();
    control.value = value;
    for (const event of ["input", "change"]) control.dispatchEvent(new Event(event, { bubbles: true }));
  }

  function click(control) {
    control.focus();
    control.click();
  }

  window.hands = {
    async press(names) {
      for (const name of names) click(await find("button, summary, a[href]", name));
    },
    async set(name, value) {
      put(await find("input, select, textarea", name), value);
    },
    /** Whatever is drawn meanwhile, the form stays. */
    async fill(name, button, values) {
      const [field, submit] = [await find("input", name), await find("button", button)];
      for (const value of values) {
        put(field, value);
        click(submit);
      }
    },
  };
});

/** Presses a button, a link or what opens details, each time once what came before has been drawn. */
export const press = (page, name, times = 1) => pressEach(page, Array(times).fill(name));

export const pressEach = (page, names) => page.evaluate((names) => window.hands.press(names), names);

/** Puts a value into the field with that label, or chooses it there. */
export const set = (page, name, value) => page.evaluate(([name, value]) => window.hands.set(name, value), [name, String(value)]);

/** Puts one value after the other into a field, and presses a button after each. */
export const fill = (page, name, button, values) =>
  page.evaluate((given) => window.hands.fill(...given), [name, button, values.map(String)]);
