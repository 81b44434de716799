// Drives the stand-in by GoHighLevel's own client, at the origin that the argument names.
const assert = require("assert/strict");
const { HighLevel } = require("@gohighlevel/api-client");

const origin = process.argv[2];
const locationId = "0007BWpSzSwfiuSl0tR2";
const calendarId = "BqTwX8QFwXzpegMve9EQ";
const userId = "YlWd2wuCAZQzh2cH1fVZ";
const startTime = "2026-12-01T09:00:00-05:00";
const endTime = "2026-12-01T09:30:00-05:00";
const window = {
  locationId,
  startTime: String(Date.parse("2026-12-01T00:00:00Z")),
  endTime: String(Date.parse("2026-12-31T00:00:00Z")),
};

function client(token, apiVersion) {
  const client = new HighLevel({ privateIntegrationToken: token, apiVersion, logLevel: "none" });
  client.httpClient.defaults.baseURL = origin;
  return client;
}

async function tokens() {
  const { oauth } = client("none", "2021-07-28");
  const application = { client_id: "id", client_secret: "secret", user_type: "Location" };
  const consent = `${origin}/v2/oauth/chooselocation?response_type=code&client_id=id`
    + `&redirect_uri=${encodeURIComponent("http://127.0.0.1/back")}`;
  const back = await fetch(process.argv[3] + new URL(consent).pathname + new URL(consent).search,
    { redirect: "manual" });
  const code = new URL(back.headers.get("location")).searchParams.get("code");
  const first = await oauth.getAccessToken(
    { ...application, grant_type: "authorization_code", code });
  assert.equal(first.locationId, locationId);
  const second = await oauth.refreshToken(
    first.refresh_token, "id", "secret", "refresh_token", "Location");
  assert.notEqual(second.refresh_token, first.refresh_token);
  await assert.rejects(
    oauth.refreshToken(first.refresh_token, "id", "secret", "refresh_token", "Location"),
    (error) => error.statusCode === 400);
  return second.access_token;
}

async function main() {
  const token = await tokens();
  const { calendars } = client(token, "2021-04-15");
  const { contacts } = client(token, "2021-07-28");

  const all = (await calendars.getCalendars({ locationId })).calendars;
  assert.ok(all.some((calendar) => calendar.id === calendarId));
  const { calendar } = await calendars.getCalendar({ calendarId });
  assert.deepEqual(calendar.teamMembers.map((member) => member.userId), [userId]);

  const lead = { locationId, name: "Lee Lead", email: "lead@example.com", source: "check" };
  const made = await contacts.upsertContact(lead);
  const known = await contacts.upsertContact({ ...lead, phone: "+12025550123" });
  assert.deepEqual([made.new, known.new], [true, false]);
  assert.equal(made.contact.id, known.contact.id);

  const appointment = await calendars.createAppointment({
    calendarId, locationId, contactId: made.contact.id, startTime, endTime, title: "Viewing",
    appointmentStatus: "confirmed", description: "booking 1", assignedUserId: userId,
    toNotify: false, ignoreFreeSlotValidation: true, ignoreDateRange: true,
  });
  const eventId = appointment.id;
  const changed = await calendars.editAppointment({ eventId }, { title: "Viewing, later" });
  assert.equal(changed.title, "Viewing, later");
  const { event } = await calendars.getAppointment({ eventId });
  assert.deepEqual([event.title, event.description], ["Viewing, later", "booking 1"]);
  assert.equal(Date.parse(event.startTime), Date.parse(startTime));

  const block = await calendars.createBlockSlot(
    { calendarId, locationId, title: "Lunch", startTime, endTime });
  await calendars.editBlockSlot({ eventId: block.id }, { calendarId, locationId, title: "Long lunch" });

  const events = (await calendars.getCalendarEvents({ ...window, calendarId })).events;
  assert.deepEqual(events.map((event) => event.id), [eventId]);
  const slots = (await calendars.getBlockedSlots({ ...window, calendarId })).events;
  assert.deepEqual(slots.map((slot) => [slot.id, slot.title]), [[block.id, "Long lunch"]]);

  for (const id of [eventId, block.id]) {
    assert.deepEqual(await calendars.deleteEvent({ eventId: id }, {}), { succeeded: true });
  }
  assert.deepEqual((await calendars.getCalendarEvents({ ...window, calendarId })).events, []);

  await assert.rejects(client("none", "2021-04-15").calendars.getCalendars({ locationId }),
    (error) => error.statusCode === 401);
}

main().catch((error) => {
  console.error(error.stack ?? error, error.response ?? "");
  process.exit(1);
});
