// Programs that run beside the pages, each until the tests of a file have ended.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

/** A port of 127.0.0.1 that is free. @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a program, whose errors are shown where it ends by itself.
 * @param {string} command
 * @param {string[]} parameters
 * @param {Record<string, string>} [environment] all that it sees, but PATH
 * @param {string} [directory]
 */
export function start(command, parameters, environment = {}, directory) {
  const child = spawn(command, parameters, {
    cwd: directory, env: { PATH: process.env.PATH, ...environment }, stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => { said = `${said}${text}`.slice(-4000); });
  child.on('exit', (code) => { if (code) console.error(`${command} ended with ${code}:\n${said}`); });
  after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  return child;
}

/**
 * The first lines of its output.
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
 * @param {number} count
 */
export async function firstLines(child, count) {
  const lines = [];
  for await (const line of createInterface(child.stdout)) if (lines.push(line) === count) break;
  child.stdout.resume();
  return lines;
}

/** Until something listens there. @param {number} port */
export async function listening(port) {
  for (let tries = 0; tries < 200; tries++) {
    const isOpen = await new Promise((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`nothing listens on port ${port}`);
}
