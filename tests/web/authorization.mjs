// A real authorization server (npm oidc-provider) in front of the stand-in for a provider: the stand-in sees
// only requests with an access token that the server has granted.

import { createServer, request as send } from 'node:http';
import { after } from 'node:test';
// @ts-expect-error: it has no types
import Provider, { interactionPolicy } from 'oidc-provider';

/**
 * @typedef {{
 *   client: Record<string, unknown>, scopes: string[], authorize: string, token: string,
 *   fake(origin: string): Promise<{ origin: string, accessToken: string }>,
 * }} Registered what is registered with it, its two paths, and what starts the stand-in behind this origin
 */

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

const escaped = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {string[]} scopes */
const consentPage = (scopes) => `<!doctype html><html lang="en"><title>Consent</title><form method="post">
  ${scopes.map((scope) => `<p><label><input type="checkbox" name="scope" value="${escaped(scope)}" checked> ${escaped(scope)}</label>`).join('')}
  <p><button>Allow</button> <button name="refused" value="yes">Deny</button></form>`;

/**
 * Starts one. Browsers reach it at localhost, so that it is another site than the agent at 127.0.0.1.
 * @param {Registered} registered
 */
export async function authorizationServer({ client, scopes, authorize, token, fake }) {
  const server = createServer((request, answer) => { handle(request, answer).catch((error) => { answer.writeHead(500).end(`${error.stack}`); }); });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(null)); });
  after(() => { server.close(); server.closeAllConnections(); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const own = `http://127.0.0.1:${port}`;
  const behind = await fake(own);

  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [client],
    scopes: ['openid', 'offline_access', ...scopes],
    routes: { authorization: authorize, token },
    interactions: { policy, url: (/** @type {any} */ _, /** @type {any} */ { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true, methods: ['S256'] },
    findAccount: (/** @type {any} */ _, /** @type {string} */ id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
    // Each question is asked again, as providers do where a box was unticked.
    loadExistingGrant: (/** @type {any} */ { oidc }) => oidc.result?.consent && oidc.provider.Grant.find(oidc.result.consent.grantId),
    cookies: { keys: ['cookies of a test'] },
  });
  const callback = provider.callback();

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} answer */
  async function consent(request, answer) {
    const { params } = await provider.interactionDetails(request, answer);
    const asked = params.scope.split(' ');
    if (request.method === 'GET') {
      answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(consentPage(asked));
      return;
    }
    const form = new URLSearchParams(`${await bodyOf(request)}`);
    if (form.has('refused')) {
      await provider.interactionFinished(request, answer, { error: 'access_denied', error_description: 'The user said no' });
      return;
    }
    const grant = new provider.Grant({ accountId: 'ada', clientId: client.client_id });
    const ticked = form.getAll('scope');
    grant.addOIDCScope(ticked.join(' '));
    const unticked = asked.filter((/** @type {string} */ scope) => !ticked.includes(scope));
    if (unticked.length > 0) grant.rejectOIDCScope(unticked.join(' '));
    const result = { select_account: {}, login: { accountId: 'ada' }, consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, answer, result, { mergeWithLastSubmission: false });
  }

  /** As Google's: a token is enough. @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} answer */
  async function revoke(request, answer) {
    const found = await provider.RefreshToken.find(new URLSearchParams(`${await bodyOf(request)}`).get('token') ?? '');
    await found?.destroy();
    answer.writeHead(found ? 200 : 400, { 'Content-Type': 'application/json' }).end(found ? '{}' : '{"error":"invalid_token"}');
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} answer */
  async function ask(request, answer) {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!await provider.AccessToken.find(bearer)) {
      answer.writeHead(401, { 'Content-Type': 'application/json' }).end('{"error":{"code":401,"message":"Invalid Credentials"}}');
      return;
    }
    const headers = { ...request.headers, authorization: `Bearer ${behind.accessToken}` };
    const passed = send(behind.origin + request.url, { method: request.method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    passed.on('error', () => answer.writeHead(502).end());
    passed.end(await bodyOf(request));
  }

  /** Takes the address to which a browser would go with the next answer. @type {((callback: string) => void) | null} */
  let held = null;

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} answer */
  async function handle(request, answer) {
    const end = answer.end.bind(answer);
    answer.end = (/** @type {any[]} */ ...rest) => {
      const target = `${answer.getHeader('location')}`;
      if (!held || !target.includes('/callback?')) return end(...rest);
      held(target);
      held = null;
      answer.statusCode = 200;
      answer.removeHeader('location');
      answer.removeHeader('content-length');
      return end('Held back');
    };
    const { pathname, searchParams } = new URL(request.url ?? '/', own);
    if (pathname === authorize && searchParams.get('scope')?.includes('offline_access')) {
      // By OpenID Connect, this scope wants this prompt; Microsoft grants it without.
      searchParams.set('prompt', `${searchParams.get('prompt') ?? ''} consent`.trim());
      request.url = `${pathname}?${searchParams}`;
    }
    if (pathname.startsWith('/interaction/')) await consent(request, answer);
    else if (pathname === '/revoke') await revoke(request, answer);
    else if (pathname.startsWith(authorize) || pathname.startsWith(token)) await callback(request, answer);
    else await ask(request, answer);
  }

  /** What `act` leads to: an address of the client with the answer, to which the browser does not go. @param {() => Promise<void>} act @returns {Promise<string>} */
  async function holdBack(act) {
    const address = new Promise((resolve) => { held = resolve; });
    await act();
    return address;
  }

  return { own, holdBack, browsers: `http://localhost:${port}` };
}
