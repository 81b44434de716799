// A stand-in for Supabase Auth (GoTrue): the paths, bodies, statuses and errors of its openapi.yaml that a
// sign-in with a password needs. Refresh tokens work once.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { jwt } from './world.mjs';

/** @typedef {{ user: string, password: string, isConfirmed?: boolean }} Account */

const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization, apikey, content-type', 'Access-Control-Allow-Methods': 'POST' };

/**
 * Starts one with these users, by e-mail address.
 * @param {Record<string, Account>} users
 */
export async function supabaseAuth(users) {
  /** The users of refresh tokens that were not used. @type {Map<string, string>} */
  const refresh = new Map();
  const state = {
    /** What was asked, in order. @type {string[]} */
    asked: [],
    /** The status of all answers, where it is not well. */
    status: 0,
    /** No refresh token works any more. */
    forget: () => refresh.clear(),
  };

  /** @param {string} path @param {any} body @returns {[number, object | null]} */
  function answer(path, body) {
    if (state.status) return [state.status, { code: state.status, error_code: 'over_request_rate_limit', msg: 'Request rate limit reached' }];
    const refuse = (/** @type {string} */ code, /** @type {string} */ msg) => /** @type {[number, object]} */ ([400, { code: 400, error_code: code, msg }]);
    let email;
    if (path === '/token?grant_type=password') {
      email = body.email;
      const account = users[email];
      if (!account || account.password !== body.password) return refuse('invalid_credentials', 'Invalid login credentials');
      if (account.isConfirmed === false) return refuse('email_not_confirmed', 'Email not confirmed');
    } else if (path === '/token?grant_type=refresh_token') {
      email = refresh.get(body.refresh_token);
      if (!email) return refuse('refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
      refresh.delete(body.refresh_token);
    } else if (path.startsWith('/logout')) {
      return [204, null];
    } else {
      return [404, { code: 404, error_code: 'not_found', msg: 'Not found' }];
    }
    const token = randomUUID();
    refresh.set(token, email);
    const user = users[email]?.user ?? '';
    return [200, { access_token: jwt(user), token_type: 'bearer', expires_in: 3600, refresh_token: token, user: { id: user, aud: 'authenticated', role: 'authenticated', email } }];
  }

  const server = createServer(async (request, reply) => {
    let text = '';
    for await (const part of request) text += part;
    if (request.method === 'OPTIONS') {
      reply.writeHead(204, CORS).end();
      return;
    }
    const path = (request.url ?? '').replace('/auth/v1', '');
    state.asked.push(path);
    // As at the gateway of Supabase.
    const [status, body] = request.headers.apikey === 'anon' ? answer(path, JSON.parse(text)) : [401, { message: 'No API key found in request' }];
    reply.writeHead(status, { ...CORS, 'Content-Type': 'application/json' }).end(body && JSON.stringify(body));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(null)); });
  after(() => { server.close(); server.closeAllConnections(); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, state };
}
