// Prints what Prism needs of Microsoft's description of Graph, which is the file that the argument
// names: the paths that we use, with everything that they refer to put in place. The whole has
// 7,400 paths, and Prism is not up after a minute. It is made stricter, too: an object has no
// members but those described, and "this or any object" becomes "this or null".
const graph = require(require("path").resolve(process.argv[2]));
const calendar = "/me/calendars/{calendar-id}";
const wanted = {
  "/me/calendars": ["get"],
  [calendar]: ["get"],
  [`${calendar}/events`]: ["get", "post"],
  [`${calendar}/events/{event-id}`]: ["get", "patch", "delete"],
  [`${calendar}/calendarView`]: ["get"],
  [`${calendar}/calendarView/microsoft.graph.delta()`]: ["get"],
};

const inPlace = (value) => {
  while (value?.$ref) {
    value = value.$ref.split("/").slice(1).reduce((place, key) => place[key], graph);
  }
  return value;
};

// The members of an object, with those that it inherits.
const members = (schema) => {
  schema = inPlace(schema);
  return Object.assign({}, ...(schema.allOf ?? []).map(members), schema.properties);
};

// Links to other things are left out: nobody sends them, but for extended properties.
const isTold = ([name, member]) =>
  name === "singleValueExtendedProperties" || !member["x-ms-navigationProperty"];

const isAnything = (schema) => schema.nullable && schema.type === "object" && !schema.properties;

const strict = (schema) => {
  schema = inPlace(schema);
  if (schema.anyOf?.length === 2 && isAnything(schema.anyOf[1])) {
    return { ...strict(schema.anyOf[0]), nullable: true };
  }
  if (schema.type === "array") return { type: "array", items: strict(schema.items) };
  if (!schema.allOf && !schema.properties) {
    // Prism drops all checks of a body in which something is nullable but of no type.
    if (!schema.type) return {};
    const { type, enum: values, format, pattern, nullable } = schema;
    return JSON.parse(JSON.stringify({ type, enum: values, format, pattern, nullable }));
  }
  const told = Object.entries(members(schema)).filter(isTold);
  const properties = Object.fromEntries(told.map(([name, member]) => [name, strict(member)]));
  // What OData adds to an object.
  properties["@odata.etag"] = properties["@odata.type"] = { type: "string" };
  properties["@odata.nextLink"] = properties["@odata.deltaLink"] = { type: "string" };
  properties["@removed"] = { type: "object", properties: { reason: { type: "string" } } };
  return { type: "object", properties, additionalProperties: false };
};

const answer = (response) => {
  response = inPlace(response);
  const schema = response.content?.["application/json"].schema;
  const content = schema && { "application/json": { schema: strict(schema) } };
  return { description: response.description, ...(content && { content }) };
};

const paths = {};
for (const [path, methods] of Object.entries(wanted)) {
  const found = graph.paths[path];
  // Functions without parentheses, as everybody calls them.
  const ours = (paths[`/v1.0${path.replace("microsoft.graph.delta()", "delta")}`] = {
    parameters: (found.parameters ?? []).map(inPlace),
  });
  for (const method of methods) {
    const { parameters = [], requestBody, responses } = found[method];
    ours[method] = {
      parameters: parameters.map(inPlace),
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [status, answer(response)]),
      ),
    };
    if (requestBody) {
      const schema = strict(requestBody.content["application/json"].schema);
      ours[method].requestBody = { required: true, content: { "application/json": { schema } } };
    }
  }
}
const { openapi, info } = graph;
const components = { securitySchemes: { token: { type: "http", scheme: "bearer" } } };
console.log(JSON.stringify({ openapi, info, paths, components, security: [{ token: [] }] }));
