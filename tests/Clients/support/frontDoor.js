import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../../../src/Api/bin/Release/net10.0/Gatehouse.Api', import.meta.url));
const executable = process.env.GATEHOUSE_API ?? built;
const startLimit = 60_000;
const stopLimit = 30_000;

const running = new Set();
const folders = new Set();

// A run that is cut short must leave neither servers nor their data behind.
process.on('exit', () => {
  running.forEach((child) => child.kill('SIGKILL'));
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => process.exit(1));
}

/** The real front door in its embedded default, as a process of its own, with a data folder of its own. */
export class FrontDoor {
  #child;
  #data;
  #log = '';

  /** The folder of its data. */
  get data() {
    return this.#data;
  }

  static async start() {
    const door = new FrontDoor();
    door.#data = await mkdtemp(path.join(tmpdir(), 'gatehouse-clients-'));
    folders.add(door.#data);
    try {
      await door.#run('http://127.0.0.1:0', 'http://127.0.0.1:0');
    } catch (error) {
      await door.stop();
      throw error;
    }

    return door;
  }

  /** Ends the process as a power failure would, and starts another one on the same data and ports. */
  async crashAndRestart() {
    await this.#end('SIGKILL');
    await this.#run(this.public, this.management);
  }

  /** Stops the process in good order and removes its data. */
  async stop() {
    const code = await this.#end('SIGTERM');
    await rm(this.#data, { recursive: true, force: true });
    folders.delete(this.#data);
    return code;
  }

  async #run(publicUrl, managementUrl) {
    this.#log = '';
    const child = spawn(
      executable,
      [`--Gatehouse:PublicUrl=${publicUrl}`, `--Gatehouse:ManagementUrl=${managementUrl}`, `--Gatehouse:DataPath=${this.#data}`],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`the front door ${why}\n${this.#log}`));
      const limit = setTimeout(() => fail('was not ready in time'), startLimit);
      const read = (chunk) => {
        this.#log += chunk;
        const listeners = /^\s*public\s+(\S+)[\s\S]*^\s*management\s+(\S+)/m.exec(this.#log);
        if (listeners) {
          clearTimeout(limit);
          [this.public, this.management] = listeners.slice(1).map((url) => url.replace(/\/$/, ''));
          resolve();
        }
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', (error) => {
        clearTimeout(limit);
        running.delete(child);
        fail(`did not start: ${error.message}`);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(limit);
        fail(`ended with ${code ?? signal}`);
      });
    });
  }

  async #end(signal) {
    const child = this.#child;
    if (!running.has(child)) {
      return child?.exitCode;
    }

    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), stopLimit);
    const code = await exited;
    clearTimeout(limit);
    return code;
  }
}
