// Two minutes before the sign-in ends the page says so and offers to stay. Other tabs may have renewed it
// meanwhile, so the server is asked first.
(() => {
  const { form } = typed;
  const { account, session } = form.dataset;
  const box = document.querySelector("[data-ending]");
  const words = box.querySelector("[data-words]");
  const button = box.querySelector("button");
  const ahead = 120;
  const longest = 2 ** 31 - 1;
  let timer;

  const wait = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(Math.max(0, seconds - ahead) * 1000, longest));
  };
  const ask = async (method) => {
    const token = form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(session, { method, headers: { Accept: "application/json", "X-CSRFToken": token } });
    return response.json();
  };
  const look = async () => {
    let answer;
    try {
      answer = await ask("GET");
    } catch {
      wait(ahead + 30); // no connection: asked again in half a minute
      return;
    }
    if (answer.account !== account) return;
    if (answer.seconds > ahead + 5) {
      wait(answer.seconds);
      return;
    }
    const ends = new Date(Date.now() + answer.seconds * 1000).toLocaleTimeString([], { timeStyle: "short", hourCycle: "h23" });
    words.textContent = `You will be signed out at ${ends}. What you typed stays saved.`;
    box.hidden = false;
    timer = setTimeout(() => { box.hidden = true; }, answer.seconds * 1000);
  };

  button.addEventListener("click", async () => {
    try {
      const answer = await ask("POST");
      if (answer.account !== account) throw new Error("signed out");
      wait(answer.seconds);
      words.textContent = "You stay signed in.";
      box.querySelector(".buttons").hidden = true;
      box.querySelector("[data-ok]").focus();
    } catch {
      words.textContent = "That did not work: there is no connection, or you are signed out already. What you typed is kept on this computer.";
    }
  });
  wait(Number(form.dataset.seconds));
})();
