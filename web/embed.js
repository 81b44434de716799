// Booking pages inside another page, in an iframe: for sites whose styles or scripts would break an
// element of ours. A classic script:
//
//   <script src="https://book.example.com/embed.js" async></script>
//   <div data-calendar-inline="ada/intro"></div>
//   <button data-calendar-booking="ada/intro">Book a call</button>
//
// or CalendarEmbed.inline(element, {page}), CalendarEmbed.popup({page}). docs/widget.md has the options.

(() => {
  'use strict';
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const home = new URL('booking.html', script?.src ?? location.href);
  const OPTIONS = ['page', 'lang', 'timezone', 'theme', 'accent', 'prefill-name', 'prefill-email', 'prefill-phone'];
  const TYPES = ['ready', 'day_selected', 'slot_selected', 'held', 'booked', 'rescheduled', 'cancelled', 'failed'];
  const wide = 'display:block;width:100%;border:0;color-scheme:auto';

  /** @param {Record<string, string | undefined>} options */
  function frame(options) {
    const address = new URL(home.href);
    for (let i = 0; i < OPTIONS.length; i++) {
      const value = options[OPTIONS[i]];
      if (typeof value === 'string' && value !== '') address.searchParams.set(OPTIONS[i], value);
    }
    address.searchParams.set('parent', location.origin);
    const made = document.createElement('iframe');
    made.src = address.href;
    made.title = options.title ?? 'Book a time';
    made.style.cssText = wide;
    made.style.setProperty('height', '640px');
    return made;
  }

  /**
   * @param {HTMLIFrameElement} made
   * @param {Element} target
   * @param {() => void} onClosed
   */
  function listen(made, target, onClosed) {
    /** @param {MessageEvent} event */
    function heard(event) {
      if (!made.isConnected) return removeEventListener('message', heard);
      const said = event.data;
      if (event.source !== made.contentWindow || event.origin !== home.origin || said?.source !== 'calendar-booking' || said.version !== 1) return;
      if (said.type === 'resize') {
        const height = Math.ceil(Number(said.data?.height));
        if (height > 0 && height < 20_000) made.style.setProperty('height', `${height}px`);
      } else if (said.type === 'closed') {
        onClosed();
      } else if (TYPES.indexOf(said.type) >= 0) {
        target.dispatchEvent(new CustomEvent(`calendar-${said.type}`, { detail: said.data, bubbles: true }));
      }
    }
    addEventListener('message', heard);
  }

  /**
   * @param {Element} target
   * @param {Record<string, string | undefined>} options
   */
  function inline(target, options) {
    const made = frame(options);
    listen(made, target, () => {});
    target.replaceChildren(made);
    return made;
  }

  /**
   * @param {Record<string, string | undefined>} options
   * @param {Element} [target] gets the events
   */
  function popup(options, target = document.body) {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', options.title ?? 'Book a time');
    dialog.style.cssText = 'width:min(1024px,100%);max-height:100%;padding:0;border:0;border-radius:14px';
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = options.close ?? 'Close';
    close.style.cssText = 'display:block;min-height:44px;margin-inline-start:auto;padding:8px 16px;border:0;background:none;font:inherit;color:inherit;cursor:pointer';
    close.addEventListener('click', () => dialog.close());
    const made = frame(options);
    dialog.append(close, made);
    dialog.addEventListener('close', () => {
      dialog.remove();
      target.dispatchEvent(new CustomEvent('calendar-closed', { bubbles: true }));
    });
    document.body.append(dialog);
    listen(made, target, () => dialog.close());
    dialog.showModal();
    return dialog;
  }

  /**
   * The options of an element: data-calendar-lang, data-calendar-prefill-name …
   * @param {Element} element
   * @param {string} page
   */
  function optionsOf(element, page) {
    /** @type {Record<string, string | undefined>} */
    const options = { page };
    for (const name of [...OPTIONS, 'title', 'close']) {
      const value = element.getAttribute(`data-calendar-${name}`);
      if (value !== null) options[name] = value;
    }
    return options;
  }

  document.addEventListener('click', (event) => {
    const element = event.target instanceof Element && event.target.closest('[data-calendar-booking]');
    if (!element) return;
    event.preventDefault();
    popup(optionsOf(element, element.getAttribute('data-calendar-booking') ?? ''), element);
  });
  function fillAll() {
    document.querySelectorAll('[data-calendar-inline]:empty').forEach((element) => {
      inline(element, optionsOf(element, element.getAttribute('data-calendar-inline') ?? ''));
    });
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', fillAll);
  else fillAll();
  Object.assign(window, { CalendarEmbed: { inline, popup } });
})();
