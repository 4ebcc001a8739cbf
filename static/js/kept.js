// What was typed and the server does not have yet, kept on this computer: for one account, seven days
// at most, gone at sign-out. Other scripts find it as `kept`.
const kept = (() => {
  const mark = "microcreds:kept:";
  const signedOut = "microcreds:signed-out";
  const longest = 7 * 24 * 60 * 60 * 1000;

  const names = (start) => {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(mark + start));
    } catch {
      return []; // the browser keeps nothing for sites
    }
  };
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const drop = (start) => names(start).forEach((name) => localStorage.removeItem(name));

  for (const name of names("")) {
    const age = Date.now() - (read(name)?.at ?? 0);
    if (age > longest || age < 0) localStorage.removeItem(name);
  }
  document.addEventListener("submit", (event) => {
    const account = event.target.dataset.signsOut;
    if (!account) return;
    drop(`${account}:`);
    try {
      localStorage.setItem(signedOut, `${account}:${Date.now()}`); // other tabs hear of it
    } catch { /* nothing is kept there either */ }
  });

  return {
    all: (start) => names(start).map((name) => ({ name: name.slice(mark.length), ...read(name) })),
    drop,
    put: (name, typed) => {
      try {
        localStorage.setItem(mark + name, JSON.stringify({ at: Date.now(), ...typed }));
        return true;
      } catch {
        return false; // full, or switched off
      }
    },
    onSignOut: (account, then) =>
      addEventListener("storage", (event) => {
        if (event.key === signedOut && event.newValue?.startsWith(`${account}:`)) then();
      }),
  };
})();
