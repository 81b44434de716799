// Sends requests to the origin that the first argument names, and prints those to which Prism has
// nothing to say, though it ought to: `requests` are wrong themselves; `answers` are to right
// requests, from a server whose answers are wrong.
const [origin, what] = process.argv.slice(2);
const events = "/v1.0/me/calendars/c/events";
const view = "/v1.0/me/calendars/c/calendarView";
const window = "startDateTime=2026-12-01T00:00:00Z&endDateTime=2027-01-01T00:00:00Z";
const at = { dateTime: "2026-12-01T09:00:00", timeZone: "UTC" };
const whole = { subject: "s", start: at, end: at };

const wrong = [
  ["POST", events, { ...whole, subject: 5 }],
  ["POST", events, { ...whole, start: "2026-12-01T09:00:00Z" }],
  ["POST", events, { ...whole, end: { date: "2026-12-01" } }],
  ["POST", events, { ...whole, showAs: "maybe" }],
  ["POST", events, { ...whole, transactionID: "t" }],
  ["POST", events, { ...whole, attendees: [{ address: "lead@example.com" }] }],
  ["POST", events, { ...whole, onlineMeetingProvider: "teams" }],
  ["POST", events, { ...whole, singleValueExtendedProperties: [{ name: "n", value: "v" }] }],
  ["PATCH", `${events}/e`, { isAllDay: "yes" }],
  ["PATCH", `${events}/e`, { end: at, location: "here" }],
  ["GET", view],
  ["GET", "/v1.0/me/calendars?$top=many"],
  ["GET", "/v1.0/me/calendars/c?$select=colour"],
];

const right = [
  ["GET", "/v1.0/me/calendars"],
  ["GET", "/v1.0/me/calendars/c"],
  ["GET", events],
  ["POST", events, whole],
  ["GET", `${events}/e`],
  ["PATCH", `${events}/e`, { subject: "s" }],
  ["GET", `${view}?${window}`],
  ["GET", `${view}/delta?${window}`],
];

async function main() {
  const [sent, part] = { requests: [wrong, "request"], answers: [right, "response"] }[what];
  for (const [method, path, body] of sent) {
    const headers = { authorization: "Bearer t", "content-type": "application/json" };
    const answer = await fetch(origin + path, { method, headers, body: JSON.stringify(body) });
    const found = JSON.parse(answer.headers.get("sl-violations") ?? "[]");
    if (!found.some(({ location }) => location[0] === part)) {
      console.log(method, path, JSON.stringify(body) ?? "");
    }
  }
}

main();
