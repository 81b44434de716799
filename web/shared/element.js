// No text is parsed as HTML, and no method of Array.prototype is used: host pages replace them.

/** @template {keyof HTMLElementTagNameMap} Name @param {Name} name @param {Record<string, any>} [attributes] @param {...(Child | Child[])} children @returns {HTMLElementTagNameMap[Name]} */
export function h(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const key of Object.keys(attributes ?? {})) {
    const value = /** @type {Record<string, any>} */ (attributes)[key];
    if (typeof value === 'function') {
      node.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(key, value === true ? '' : `${value}`);
      if (key === 'class') node.setAttribute('part', `${value}`);
    }
  }
  add(node, children);
  return node;
}

/** @param {string} look @param {(() => void) | null} click @param {Child} text */
export const button = (look, click, text) => h('button', { type: 'button', class: look, click }, text);

/** @param {Node} node @param {(Child | Child[])[]} children */
function add(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === 'string') node.appendChild(document.createTextNode(child));
    else if ('nodeType' in child) node.appendChild(child);
    else add(node, child);
  }
}

/** @param {Node} node @param {...(Child | Child[])} children */
export function fill(node, ...children) {
  while (node.firstChild) node.removeChild(node.firstChild);
  add(node, children);
}

export class CalendarElement extends HTMLElement {
  constructor() {
    super();
    this.shadow = this.attachShadow({ mode: 'open' });
    this.root = h('div', { class: 'root' });
    this.live = h('div', { class: 'hidden', 'aria-live': 'polite', role: 'status' });
    const styles = h('link', {
      rel: 'stylesheet',
      href: new URL('../calendar.css', import.meta.url).href,
      load: () => this.root.removeAttribute('hidden'),
      error: () => this.root.removeAttribute('hidden'),
    });
    this.root.setAttribute('hidden', '');
    add(this.shadow, [styles, this.root, this.live]);
  }

  noteAccent() {
    const own = getComputedStyle(this).getPropertyValue('--calendar-accent');
    if (own) this.setAttribute('data-accent', '');
    else this.removeAttribute('data-accent');
  }

  /** @param {string} sentence */
  announce(sentence) {
    fill(this.live, sentence);
  }

  /** @param {string} type @param {Record<string, string | number | null | undefined>} detail ids and times, never names */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
