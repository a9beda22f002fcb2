import { createServer } from 'node:http';
import { once } from 'node:events';

/** A service as teams write them: answers every request with what it saw, and keeps the ids of the calls it served. */
export class Service {
  #server;
  calls = [];

  static async start(handle = (request, response, body) => response.end(body)) {
    const service = new Service();
    service.#server = createServer(async (request, response) => {
      service.calls.push(request.headers['x-call'] ?? request.url);
      const body = JSON.stringify({ method: request.method, url: request.url, headers: request.headers });
      response.setHeader('Content-Type', 'application/json');
      await handle(request, response, body);
    });
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    service.port = service.#server.address().port;
    service.address = `http://127.0.0.1:${service.port}`;
    return service;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
