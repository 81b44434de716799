// Prints those parts of GoHighLevel's description of its API (in the directory that the argument
// names) that the agent uses, as one OpenAPI document, without what is wrong with it.
const fs = require("fs");
const path = require("path");

const USED = [
  "/calendars/",
  "/calendars/{calendarId}",
  "/calendars/events",
  "/calendars/events/{eventId}",
  "/calendars/events/appointments",
  "/calendars/events/appointments/{eventId}",
  "/calendars/events/block-slots",
  "/calendars/events/block-slots/{eventId}",
  "/calendars/blocked-slots",
  "/contacts/upsert",
  "/oauth/token",
];

// It refers to this in a file that it does not have where it says.
const REFUSAL = {
  type: "object",
  properties: {
    statusCode: { type: "number" },
    message: { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
    error: { type: "string" },
  },
};

function repair(node) {
  if (Array.isArray(node)) return node.map(repair);
  if (node === null || typeof node !== "object") return node;
  if (node.$ref?.startsWith("../common/")) return REFUSAL;
  const { example, examples, ...rest } = node;
  const repaired = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, repair(v)]));
  // Times are said to be objects, by the side of examples that are text.
  if (node.type === "object" && !node.properties && typeof example === "string") {
    repaired.type = "string";
  }
  return repaired;
}

const whole = {
  openapi: "3.0.0",
  info: { title: "GoHighLevel", version: "2" },
  paths: {},
  components: { schemas: {}, securitySchemes: {} },
};
for (const name of ["calendars", "contacts", "oauth"]) {
  const file = path.join(process.argv[2], `${name}.json`);
  const { paths, components } = repair(JSON.parse(fs.readFileSync(file)));
  for (const used of USED) if (paths[used]) whole.paths[used] = paths[used];
  Object.assign(whole.components.schemas, components.schemas);
  Object.assign(whole.components.securitySchemes, components.securitySchemes);
}
// What it does not know it would let pass: a misspelt member of a request, too.
for (const methods of Object.values(whole.paths)) {
  for (const { requestBody } of Object.values(methods)) {
    for (const { schema } of Object.values(requestBody?.content ?? {})) {
      whole.components.schemas[schema.$ref.split("/").pop()].additionalProperties = false;
    }
  }
}
if (Object.keys(whole.paths).length !== USED.length) throw new Error("a path is missing");
console.log(JSON.stringify(whole));
