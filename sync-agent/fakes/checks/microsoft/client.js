// Drives the stand-in by Microsoft's own client: the API at the origin that the first argument
// names, tokens at that of the second.
const assert = require("assert/strict");
const { createHash, randomBytes } = require("crypto");
const { AuthenticationHandler, Client, GraphError, HTTPMessageHandler, PageIterator }
  = require("@microsoft/microsoft-graph-client");

const [api, platform] = process.argv.slice(2);
const property = "String {00020329-0000-0000-c000-000000000046} Name Check";

async function tokens() {
  const verifier = randomBytes(32).toString("base64url");
  const back = "http://127.0.0.1/back";
  const asked = new URLSearchParams({
    client_id: "id", response_type: "code", redirect_uri: back, scope: "Calendars.ReadWrite",
    state: "s", code_challenge_method: "S256",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  });
  const agreed = await fetch(`${platform}/common/oauth2/v2.0/authorize?${asked}`,
    { redirect: "manual" });
  const given = new URL(agreed.headers.get("location")).searchParams;
  assert.equal(given.get("state"), "s");
  const token = async (parameters) => {
    const body = new URLSearchParams({ client_id: "id", ...parameters });
    const answer = await fetch(`${platform}/common/oauth2/v2.0/token`, { method: "POST", body });
    return [answer.status, await answer.json()];
  };
  const code = { grant_type: "authorization_code", code: given.get("code"), redirect_uri: back };
  const [, first] = await token({ ...code, code_verifier: verifier });
  const [status, refusal] = await token({ ...code, code_verifier: verifier });
  assert.deepEqual([status, refusal.error], [400, "invalid_grant"], "a code is good once");
  const refresh = { grant_type: "refresh_token", refresh_token: first.refresh_token };
  const [, second] = await token(refresh);
  assert.notEqual(second.refresh_token, first.refresh_token);
  const [again] = await token(refresh);
  assert.equal(again, 200, "a replaced token is still good");
  return second.access_token;
}

// The client knows Microsoft's own servers alone as such that get a token and that links lead to.
const cloud = "https://graph.microsoft.com";
class Detour {
  setNext(next) {
    this.next = next;
  }
  async execute(context) {
    context.request = context.request.replace(cloud, api);
    await this.next.execute(context);
    const text = (await context.response.text()).replaceAll(platform, cloud);
    context.response = new Response(text || null, context.response);
  }
}

async function main() {
  const token = await tokens();
  const middleware = [
    new AuthenticationHandler({ getAccessToken: async () => token }),
    new Detour(),
    new HTTPMessageHandler(),
  ];
  middleware.reduce((one, next) => (one.setNext(next), next));
  const client = Client.initWithMiddleware({ middleware: middleware[0] });

  const calendars = (await client.api("/me/calendars").get()).value;
  const calendar = `/me/calendars/${calendars.find((one) => one.isDefaultCalendar).id}`;
  const at = (dateTime) => ({ dateTime, timeZone: "UTC" });
  const made = await client.api(`${calendar}/events`).post({
    subject: "Viewing",
    start: at("2026-12-10T15:00:00"),
    end: at("2026-12-10T16:00:00"),
    attendees: [{ type: "required", emailAddress: { address: "lead@example.com", name: "Lee" } }],
    isOnlineMeeting: true,
    onlineMeetingProvider: "teamsForBusiness",
    transactionId: "0f8fad5b-d9cb-469f-a165-70867728950e",
    singleValueExtendedProperties: [{ id: property, value: "one" }],
  });
  const event = `${calendar}/events/${made.id}`;
  const read = await client.api(event).get();
  assert.match(read.onlineMeeting.joinUrl, /^https:/);

  const filter = (value) =>
    `singleValueExtendedProperties/Any(ep: ep/id eq '${property}' and ep/value eq '${value}')`;
  const search = (value) => client.api(`${calendar}/events`).filter(filter(value)).get();
  assert.deepEqual((await search("one")).value.map((one) => one.id), [made.id]);
  assert.deepEqual((await search("other")).value, []);

  const moved = await client.api(event).header("If-Match", read["@odata.etag"])
    .patch({ end: at("2026-12-10T17:00:00") });
  assert.equal(moved.end.dateTime, "2026-12-10T17:00:00.0000000");
  const fails = (status, code) => (error) =>
    error instanceof GraphError && error.statusCode === status && error.code === code;
  await assert.rejects(
    client.api(event).header("If-Match", read["@odata.etag"]).patch({ subject: "Late" }),
    fails(412, "ErrorIrresolvableConflict"));

  await client.api(`${calendar}/events`).post({
    subject: "Daily",
    start: at("2026-12-14T15:00:00"),
    end: at("2026-12-14T16:00:00"),
    recurrence: {
      pattern: { type: "daily", interval: 1 },
      range: { type: "numbered", startDate: "2026-12-14", numberOfOccurrences: 12 },
    },
  });
  const window = { startDateTime: "2026-12-01T00:00:00Z", endDateTime: "2027-01-01T00:00:00Z" };
  const all = async (first) => {
    const found = [];
    const iterator = new PageIterator(client, first, (one) => found.push(one) > 0);
    await iterator.iterate();
    return [found, iterator.getDeltaLink()];
  };
  const view = await client.api(`${calendar}/calendarView`).query(window).top(5).get();
  assert.equal((await all(view))[0].length, 13);
  const delta = await client.api(`${calendar}/calendarView/delta`).query(window).get();
  const [items, link] = await all(delta);
  assert.equal(items.filter((one) => one.type === "occurrence").length, 12);
  assert.equal(items.filter((one) => one.type === "seriesMaster").length, 1);
  assert.equal(items.length, 14);

  await client.api(event).delete();
  await assert.rejects(client.api(event).get(), fails(404, "ErrorItemNotFound"));
  const [changes] = await all(await client.api(link).get());
  assert.deepEqual(changes.map((one) => [one.id, one["@removed"].reason]), [[made.id, "deleted"]]);
}

main();
