// Starts Swagger UI. What a placeholder such as {offerId} in a prefilled path or body stands for is what the last answer said.
const said = {};

// The first of a name counts: the best offer, the nearest ride.
function collect(value, found) {
  if (value === null || typeof value !== 'object') return found;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && member !== '' && /(Id|^etag)$/.test(name) && !(name in found)) found[name] = member;
    collect(member, found);
  }
  return found;
}

function fill(text, escape) {
  return text.replace(/(?:\{|%7B)(\w*Id|etag)(?:\}|%7D)/g, (whole, name) => (name in said ? escape(said[name]) : whole));
}

function remember(response) {
  if (response.ok && typeof response.text === 'string' && /^application\/json/.test(response.headers['content-type']) &&
      !response.url.endsWith('/openapi.json')) {
    try {
      Object.assign(said, collect(JSON.parse(response.text), {}));
    } catch { /* no JSON after all */ }
  }
  return response;
}

window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  requestInterceptor: (request) => {
    request.url = fill(request.url, encodeURIComponent);
    if (typeof request.body === 'string') request.body = fill(request.body, (value) => JSON.stringify(value).slice(1, -1));
    return request;
  },
  responseInterceptor: remember,
});
