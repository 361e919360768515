import { refresh, say } from "./live.js";

const sheet = document.querySelector("#sheet");
const refused = document.querySelector("#sheet-error");

/** Buttons with `data-act` open the sheet, which says what will happen, asks why, and does it. */
export function listenToActs() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.act) ask(button);
    if (button.hasAttribute("data-close")) button.closest("dialog").close();
    if (button.dataset.copy !== undefined) void copy(button);
  });
  sheet.addEventListener("change", ({ target }) => target.name === "signal" && showPayload());
  sheet.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    void act(new FormData(event.target));
  });
}

let asked;

function ask(button) {
  asked = button.dataset;
  sheet.querySelector("form").reset();
  sheet.querySelector("#sheet-title").textContent = asked.title;
  sheet.querySelector("#sheet-say").textContent = asked.say;
  sheet.querySelector("#sheet-do").textContent = asked.do;
  const fields = asked.fields ? [document.getElementById(asked.fields).content.cloneNode(true)] : [];
  sheet.querySelector("#sheet-fields").replaceChildren(...fields);
  refused.hidden = true;
  showPayload();
  // The browser gives the focus back to the button when the sheet closes.
  sheet.showModal();
  sheet.querySelector("select, [name=why]").focus();
}

function showPayload() {
  const payload = sheet.querySelector("[name=payload]");
  if (!payload) return;
  const { selectedOptions } = sheet.querySelector("[name=signal]");
  payload.closest("label").hidden = selectedOptions[0].hasAttribute("data-bare");
}

async function act(form) {
  const button = sheet.querySelector("#sheet-do");
  button.disabled = true;
  try {
    const actor = { by: document.body.dataset.person, why: form.get("why").trim() };
    const done =
      asked.act === "retry-all"
        ? await retryAll(actor)
        : await post(asked.url, { ...JSON.parse(asked.body ?? "{}"), ...actor, ...fieldsIn(form) });
    sheet.close();
    say(done ?? asked.done);
    await refresh();
  } catch (error) {
    refused.textContent = error.message;
    refused.hidden = false;
  } finally {
    button.disabled = false;
  }
}

function fieldsIn(form) {
  const state = form.get("state");
  if (state !== null) return { state };
  const signal = form.get("signal");
  if (signal === null) return {};
  const payload = sheet.querySelector("[name=payload]").closest("label").hidden ? "" : form.get("payload").trim();
  if (payload === "") return { signal };
  try {
    return { signal, payload: JSON.parse(payload) };
  } catch (error) {
    throw new Error(`Cannot read the payload as JSON: ${error.message}`, { cause: error });
  }
}

/** The engine retries one instance at a time; what some refuse is told, and stops none of the others. */
async function retryAll(actor) {
  const { machine, state, code } = asked;
  const query = new URLSearchParams({ machine, state, status: "stuck", limit: "1000" });
  const { instances } = await answerOf(await fetch(`/api/v1/instances?${query}`));
  const matching = instances.filter(({ error }) => error === null || error.code === code);
  const refusals = [];
  for (const { key } of matching) {
    try {
      await post(`/api/v1/instances/${encodeURIComponent(machine)}/${encodeURIComponent(key)}/retry`, actor);
    } catch (error) {
      refusals.push(error.message);
    }
  }
  const done = `${matching.length - refusals.length} retried`;
  return refusals.length === 0 ? done : `${done}, ${refusals.length} refused. The first: ${refusals[0]}`;
}

async function post(url, body) {
  await answerOf(await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
}

async function answerOf(response) {
  const answer = await response.json();
  if (response.ok) return answer;
  const { code, message, fix } = answer.error;
  throw new Error(`${message} (${code})${fix ? `. ${fix}` : ""}`);
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say("Copied");
  } catch (error) {
    say(`The browser does not let it be copied: ${error.message}`);
  }
}
