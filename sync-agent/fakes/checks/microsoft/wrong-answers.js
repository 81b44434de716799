// A server whose answers Microsoft's description forbids. Prints its origin.
const server = require("http").createServer((request, response) => {
  response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json" });
  const event = { id: "e", showAs: "maybe", start: "tomorrow" };
  response.end(JSON.stringify({ ...event, value: [event], canEdit: "yes" }));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
