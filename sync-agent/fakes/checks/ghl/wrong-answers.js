// A server whose answers GoHighLevel's description forbids. Prints its origin.
const server = require("http").createServer((request, response) => {
  const created = request.method === "DELETE" || request.url.includes("block-slots");
  response.writeHead(created ? 201 : 200, { "content-type": "application/json" });
  const id = 5;
  response.end(JSON.stringify({
    id, calendarId: id, locationId: id, contactId: id, userId: id, succeeded: "yes", contact: { id },
    calendar: { id }, calendars: [{ id }], event: { id }, events: [{ id }],
  }));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
