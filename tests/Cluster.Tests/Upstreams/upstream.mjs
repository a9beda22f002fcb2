// A service as teams write them, in a process of its own: it answers as it was told last, and keeps the ids of its calls.
import { createServer } from 'node:http';

const [port] = process.argv.slice(2);
const half = 'x'.repeat(50_000);
const slowly = 60_000;
// So long that what was written is read before the connection is closed.
const soon = 200;

const behaviours = {
  well: (response, name) => response.end(name),
  slow: (response, name) => setTimeout(() => response.end(name), slowly),
  failing: (response, name) => response.writeHead(503).end(name),
  // Half of a body whose length is announced, or not, and then nothing: the connection is closed.
  breaking: (response) => {
    response.writeHead(200, { 'Content-Length': 2 * half.length });
    breakOff(response);
  },
  breakingChunks: breakOff,
  // The beginning of a body that does not go on.
  stuck: (response) => response.write(half),
};

function breakOff(response) {
  response.write(half, () => setTimeout(() => response.destroy(), soon));
}

let behave = behaviours.well;
let calls = [];

createServer((request, response) => {
  const [, control, what] = /^\/(behave|calls)(?:\/(\w+))?$/.exec(request.url) ?? [];
  if (control === 'behave') {
    behave = behaviours[what];
    response.writeHead(behave ? 204 : 400).end();
  } else if (control === 'calls') {
    response.end(JSON.stringify(calls));
  } else {
    calls.push(request.headers['x-call']);
    response.setHeader('Served-By', port);
    behave(response, port);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
