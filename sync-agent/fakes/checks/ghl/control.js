// Sends requests to the origin that the first argument names, and prints those to which Prism has
// nothing to say, though it ought to: `requests` are wrong themselves; `answers` are to right
// requests, from a server whose answers are wrong.
const [origin, what] = process.argv.slice(2);
const calendars = "2021-04-15";
const contacts = "2021-07-28";
const window = "startTime=1&endTime=2";
const whole = { calendarId: "c", locationId: "l", contactId: "k", startTime: "2026-12-01T09:00:00Z" };

const wrong = [
  ["GET", "/calendars/", calendars],
  ["GET", "/calendars/?locationId=l", contacts],
  ["GET", "/calendars/c", "v1"],
  ["GET", "/calendars/events?locationId=l&calendarId=c&startTime=1", calendars],
  ["GET", `/calendars/blocked-slots?calendarId=c&${window}`, calendars],
  ["POST", "/calendars/events/appointments", calendars, { ...whole, contactId: undefined }],
  ["POST", "/calendars/events/appointments", calendars, { ...whole, appointmentStatus: "maybe" }],
  ["POST", "/calendars/events/appointments", calendars, { ...whole, toNotify: "false" }],
  ["POST", "/calendars/events/appointments", calendars, { ...whole, assignedUserID: "u" }],
  ["GET", "/calendars/events/appointments/x", contacts],
  ["PUT", "/calendars/events/appointments/x", calendars, { title: 5 }],
  ["POST", "/calendars/events/block-slots", calendars, { locationId: "l", title: "No calendar" }],
  ["PUT", "/calendars/events/block-slots/x", calendars, { locationId: 5 }],
  ["DELETE", "/calendars/events/x", contacts, {}],
  ["POST", "/contacts/upsert", contacts, { email: "lead@example.com" }],
  ["POST", "/contacts/upsert", contacts, { locationId: "l", phone: 5 }],
  ["POST", "/contacts/upsert", calendars, { locationId: "l", name: "Lee" }],
  ["POST", "/oauth/token", undefined, "client_id=i&client_secret=s&grant_type=password"],
  ["POST", "/oauth/token", undefined, "client_id=i&grant_type=refresh_token"],
];

const right = [
  ["GET", "/calendars/?locationId=l", calendars],
  ["GET", "/calendars/c", calendars],
  ["GET", `/calendars/events?locationId=l&calendarId=c&${window}`, calendars],
  ["GET", `/calendars/blocked-slots?locationId=l&calendarId=c&${window}`, calendars],
  ["POST", "/calendars/events/appointments", calendars, whole],
  ["GET", "/calendars/events/appointments/x", calendars],
  ["PUT", "/calendars/events/appointments/x", calendars, { title: "t" }],
  ["POST", "/calendars/events/block-slots", calendars, { calendarId: "c", locationId: "l" }],
  ["PUT", "/calendars/events/block-slots/x", calendars, { calendarId: "c", locationId: "l" }],
  ["DELETE", "/calendars/events/x", calendars, {}],
  ["POST", "/contacts/upsert", contacts, { locationId: "l", name: "Lee" }],
  ["POST", "/oauth/token", undefined, "client_id=i&client_secret=s&grant_type=refresh_token"],
];

async function main() {
  const [sent, part] = { requests: [wrong, "request"], answers: [right, "response"] }[what];
  for (const [method, path, version, body] of sent) {
    const headers = { authorization: "Bearer pit-00000000-0000-0000-0000-000000000000" };
    if (version) headers.version = version;
    if (body) {
      headers["content-type"] =
        typeof body === "string" ? "application/x-www-form-urlencoded" : "application/json";
    }
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const answer = await fetch(origin + path, { method, headers, body: text });
    const found = JSON.parse(answer.headers.get("sl-violations") ?? "[]");
    if (!found.some(({ location }) => location[0] === part)) {
      console.log(method, path, version ?? "", text ?? "");
    }
  }
}

main().catch((error) => console.log(error.stack));
