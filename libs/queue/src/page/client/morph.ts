/**
 * Makes the children of an element like those of another one, and keeps each node that need not change: what has the
 * focus keeps it, what is selected or open stays so, and nothing flickers. Children with a `data-key` are found by it.
 */
export function morphChildren(current: Element, wanted: Element): void {
  const keyed = new Map<string, Element>();
  for (const child of current.children) {
    const key = child.getAttribute('data-key');
    if (key !== null) keyed.set(key, child);
  }
  let at = current.firstChild;
  for (const child of [...wanted.childNodes]) {
    const key = child instanceof Element ? child.getAttribute('data-key') : null;
    const known = key === null ? at : (keyed.get(key) ?? null);
    if (known !== null && isLike(known, child)) {
      if (known === at) at = at.nextSibling;
      else current.insertBefore(known, at);
      morph(known, child);
    } else {
      current.insertBefore(child, at);
    }
  }
  while (at !== null) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function isLike(a: Node, b: Node): boolean {
  if (a.nodeName !== b.nodeName) return false;
  if (!(a instanceof Element) || !(b instanceof Element)) return true;
  return a.getAttribute('data-key') === b.getAttribute('data-key');
}

function morph(current: Node, wanted: Node): void {
  if (!(current instanceof Element) || !(wanted instanceof Element)) {
    if (current.nodeValue !== wanted.nodeValue) current.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...current.attributes]) {
    // Whether details are open is the visitor's choice.
    if (!wanted.hasAttribute(name) && name !== 'open') current.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  morphChildren(current, wanted);
}
