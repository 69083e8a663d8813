// Passkeys: asks the server what to sign, lets the browser's person sign it, sends it back. Pages work without it.
(() => {
  "use strict";
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;

  const send = async (form, address, fields) => {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = (answer.headers.get("Content-Type") || "").startsWith("application/json")
      ? await answer.json()
      : { problem: `The server answered ${answer.status}. Reload this page and try again.` };
    if (!answer.ok) throw new Error(told.problem || "That did not work.");
    return told;
  };

  const ways = {
    use: (asked) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) }),
    add: (asked) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) }),
  };

  const words = (error) =>
    error.name === "NotAllowedError" ? "No passkey was chosen. Press the button to try again."
      : error.name === "InvalidStateError" ? "This passkey is set up already."
        : error.name === "SecurityError" ? "Passkeys work only at the address this installation is known by."
          : error.message;

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-said]");
    if (!able) {
      form.hidden = true;
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.textContent = "";
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        const asked = await send(form, form.dataset.ask, {});
        const made = await ways[form.dataset.passkey](asked.publicKey);
        const told = await send(form, form.action, { answer: JSON.stringify(made.toJSON()) });
        window.location.assign(told.onward);
      } catch (error) {
        said.textContent = words(error);
        button.disabled = false;
      }
    });
  }
})();
