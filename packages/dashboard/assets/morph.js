/**
 * Makes `from` like `to` by the smallest changes, so that focus, selection and scroll stay where they are.
 * Rows of a list (`data-list`) are matched by `data-row`. A list that is in use keeps its rows and their order, unless `release`;
 * answers how many new rows wait.
 */
export function morph(from, to, release) {
  if (from.isEqualNode(to)) return 0;
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) {
    from.replaceWith(to);
    return 0;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.data = to.data;
    return 0;
  }
  morphAttributes(from, to);
  return from.hasAttribute("data-list") ? morphRows(from, to, release) : morphChildren(from, to, release);
}

// What the person did to the page is theirs: a fold that was opened stays open.
const theirs = new Set(["open"]);

function morphAttributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !theirs.has(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
}

function morphChildren(from, to, release) {
  const present = [...from.childNodes];
  const wanted = [...to.childNodes];
  let waiting = 0;
  for (const [index, node] of wanted.entries()) {
    if (index < present.length) waiting += morph(present[index], node, release);
    else from.append(node);
  }
  for (const node of present.slice(wanted.length)) node.remove();
  return waiting;
}

function morphRows(from, to, release) {
  const present = new Map([...from.children].map((row) => [row.dataset.row, row]));
  const wanted = [...to.children];
  const names = new Set(wanted.map((row) => row.dataset.row));
  const held = !release && inUse(from);
  for (const [name, row] of present) {
    row.classList.toggle("gone", false);
    if (names.has(name)) continue;
    if (held) row.classList.add("gone");
    else row.remove();
  }
  let waiting = 0;
  for (const [index, row] of wanted.entries()) {
    const known = present.get(row.dataset.row);
    if (known) morph(known, row, release);
    else if (held) waiting += 1;
    if (!held && from.children[index] !== (known ?? row)) from.insertBefore(known ?? row, from.children[index] ?? null);
  }
  return waiting;
}

/** Rows never move under the pointer, the focus or a selection. */
function inUse(list) {
  const selection = document.getSelection();
  const selects = selection !== null && !selection.isCollapsed && selection.containsNode(list, true);
  return selects || list.matches(":hover, :focus-within");
}
