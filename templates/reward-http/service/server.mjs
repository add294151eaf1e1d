// The scoring service: plain Node, one address. POST / with { samples: [{ id, response, answer, … }] } answers
// { scores: [{ id, score, correct, answer }] } in the same order. Alone: node service/server.mjs, on port 8123.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { score } from './score.mjs';

/** Starts it; port 0 takes any free one. */
export async function startService(port = 0) {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const [status, body] = answerTo(request.method, text);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

function answerTo(method, text) {
  if (method !== 'POST') return [405, { error: 'POST samples here' }];
  try {
    const { samples } = JSON.parse(text);
    return [200, { scores: samples.map((sample) => ({ id: sample.id, ...score(sample) })) }];
  } catch (error) {
    return [400, { error: error.message }];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startService(Number(process.env.PORT ?? 8123));
  console.log(`The scoring service listens at ${url}`);
}
