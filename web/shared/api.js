// Calls to PostgREST, and the one place where its errors become reasons.

const PATIENCE_MS = 15_000;

export class Refusal extends Error {
  /** @param {Kind} kind @param {string} message @param {RefusalDetail} [detail] */
  constructor(kind, message, detail) {
    super(message);
    this.kind = kind;
    this.reason = detail?.reason ?? '';
    this.alternatives = detail?.alternatives ?? [];
    this.retryAfter = detail?.retry_after ?? 60;
  }
}

/** Without the toJSON of a host. @param {any} value @returns {string} */
export function json(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined) text += `${text && ','}${JSON.stringify(key)}:${json(value[key])}`;
  }
  return `{${text}}`;
}

/** @type {Record<number, Kind>} */
const KINDS = { 401: 'denied', 403: 'denied', 404: 'unknown', 409: 'conflict', 429: 'limited' };

/** @param {number} status @param {any} body */
function refusal(status, body) {
  const code = body?.code;
  let detail;
  try {
    detail = JSON.parse(body.details);
  } catch { /* not every error has JSON there */ }
  const kind = code === 'PT401' ? 'unknown' : code === '22023' ? 'input' : KINDS[status] ?? (status < 500 ? 'failed' : 'offline');
  return new Refusal(kind, body?.message ?? `${status}`, detail);
}

export class Api {
  /** @param {string} base @param {string | null} key @param {AccessToken | null} [accessToken] */
  constructor(base, key, accessToken) {
    this.base = new URL(base, document.baseURI).href.replace(/\/*$/, '/');
    this.key = key;
    this.accessToken = accessToken;
  }

  /** @param {string} path @param {Record<string, any>} parameters @returns {Promise<any>} */
  async get(path, parameters) {
    let query = '';
    for (const name of Object.keys(parameters)) {
      const value = parameters[name];
      if (value !== null) query += `${query ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
    }
    try {
      return await this.send('GET', path + query);
    } catch (error) {
      if (/** @type {Refusal} */ (error).kind !== 'offline') throw error;
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      return this.send('GET', path + query);
    }
  }

  /** @param {string} name @param {Record<string, any>} parameters @returns {Promise<any>} */
  call(name, parameters) {
    return this.send('POST', `rpc/${name}`, json(parameters));
  }

  /** @param {string} method @param {string} path @param {string} [body] @returns {Promise<any>} */
  async send(method, path, body) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
    /** @type {Record<string, string>} */
    const headers = { [body ? 'Content-Profile' : 'Accept-Profile']: 'calendar' };
    if (body) headers['Content-Type'] = 'application/json';
    if (this.key) headers.apikey = this.key;
    const token = this.accessToken && await this.accessToken();
    if (token) headers.Authorization = `Bearer ${token}`;
    let answer, read;
    try {
      answer = await fetch(this.base + path, {
        method, headers, body, signal: limit.signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      });
      const text = await answer.text();
      read = text && JSON.parse(text);
    } catch (error) {
      throw new Refusal('offline', `${error}`);
    } finally {
      clearTimeout(timer);
    }
    if (!answer.ok) throw refusal(answer.status, read);
    return read;
  }
}

export class Attempt {
  /** @param {(again: (() => void) | null) => void} onOffline */
  constructor(onOffline) {
    this.onOffline = onOffline;
    this.turn = 0;
  }

  /** Undefined where another one has begun. @template T @param {() => Promise<T>} action @returns {Promise<T | undefined>} */
  async run(action) {
    const turn = ++this.turn;
    for (let wait = 0; ; wait = Math.min(wait * 2, 30_000) || 2000) {
      if (wait) {
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, wait);
          const again = () => { clearTimeout(timer); resolve(null); };
          addEventListener('online', again, { once: true });
          this.onOffline(again);
        });
      }
      if (turn !== this.turn) return undefined;
      let result, refused;
      try {
        result = await action();
      } catch (error) {
        refused = /** @type {Refusal} */ (error);
      }
      if (turn !== this.turn) return undefined;
      if (refused?.kind === 'offline') continue;
      if (wait) this.onOffline(null);
      if (refused) throw refused;
      return result;
    }
  }
}
