// Google's discovery document as OpenAPI 3:
//   node google_openapi.js calendar.v3.json openapi.json
const fs = require('fs');
const discovery = require('google-discovery-to-swagger');
const openapi = require('swagger2openapi');

const [, , source, target] = process.argv;

// The converter says */* where JSON is meant, and writes defaults as strings.
function repair(value) {
  if (Array.isArray(value)) return value.map(repair);
  if (value === null || typeof value !== 'object') return value;
  const repaired = {};
  for (const [key, inner] of Object.entries(value)) {
    repaired[key === '*/*' ? 'application/json' : key] = repair(inner);
  }
  if (typeof repaired.default === 'string') {
    if (repaired.type === 'boolean') repaired.default = /^true$/i.test(repaired.default);
    if (['integer', 'number'].includes(repaired.type)) repaired.default = Number(repaired.default);
  }
  return repaired;
}

// The discovery document describes neither errors nor answers without a body.
const error = {
  description: 'An error',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['code', 'message', 'errors'],
            properties: { code: { type: 'integer' }, errors: { type: 'array' } },
          },
        },
      },
    },
  },
};

const swagger = discovery.convert(JSON.parse(fs.readFileSync(source)));
openapi.convertObj(swagger, { patch: true, warnOnly: true }, (failure, converted) => {
  if (failure) throw failure;
  const description = repair(converted.openapi);
  for (const methods of Object.values(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!operation.responses) continue;
      operation.responses['4XX'] = error;
      if (method === 'delete') operation.responses = { 204: { description: 'Gone' }, '4XX': error };
    }
  }
  fs.writeFileSync(target, JSON.stringify(description));
});
