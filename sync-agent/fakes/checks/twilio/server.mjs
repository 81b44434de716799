// Twilio as the package `emulate` plays it, beneath the directory and at the port that are the
// arguments. Prints its origin.
import net from "node:net";
import { pathToFileURL } from "node:url";

const [packages, port] = process.argv.slice(2);

// It would listen on all interfaces.
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (at, ...rest) {
  const to = typeof at === "object" ? { ...at, host: "127.0.0.1" } : { port: at, host: "127.0.0.1" };
  return listen.call(this, to, ...rest.filter((argument) => typeof argument === "function"));
};

const { createEmulator } = await import(pathToFileURL(`${packages}/node_modules/emulate/dist/api.js`));
await createEmulator({ service: "twilio", port: Number(port), baseUrl: `http://127.0.0.1:${port}` });
console.log(`http://127.0.0.1:${port}`);
