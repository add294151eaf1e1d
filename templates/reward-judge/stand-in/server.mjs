// A stand-in for a judge: speaks the protocol of /v1/chat/completions and grades by grade.mjs instead of a model, so that
// the experiment can be tried without a key and at no price. Alone: node stand-in/server.mjs, on port 8124.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { grade, partsOf } from './grade.mjs';

/** Starts it; port 0 takes any free one. */
export async function startStandIn(port = 0) {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const [status, body] = answerTo(request, text);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, close: () => server.close() };
}

function answerTo({ method, url }, text) {
  if (method !== 'POST' || url !== '/v1/chat/completions')
    return [404, { error: { message: 'POST /v1/chat/completions' } }];
  try {
    const { model, messages } = JSON.parse(text);
    const parts = partsOf(messages.find(({ role }) => role === 'user').content);
    const content = JSON.stringify({
      score: grade({ reference: parts['reference answer'], response: parts.response }),
    });
    const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
    return [200, { object: 'chat.completion', model, choices: [choice] }];
  } catch (error) {
    return [400, { error: { message: error.message } }];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startStandIn(Number(process.env.PORT ?? 8124));
  console.log(`The stand-in judge listens: export OPENAI_BASE_URL=${url}`);
}
