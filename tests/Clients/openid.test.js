import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { FrontDoor } from './support/frontDoor.js';

const limit = { timeout: 60_000 };
const redirect = 'https://app.example/callback';
let door;
let config;

before(async () => {
  door = await FrontDoor.start();
  const client = {
    name: 'openid-client',
    grants: [
      'client_credentials', 'authorization_code', 'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code', 'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    redirectUris: [redirect],
    scopes: ['openid', 'profile', 'offline_access', 'books'],
    audiences: ['https://orders.example'],
  };
  const made = await fetch(`${door.management}/admin/v1/clients/app`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(client),
  });
  assert.equal(made.status, 201);
  const { secret } = await made.json();
  config = await oidc.discovery(new URL(door.public), 'app', secret, undefined, { execute: [oidc.allowInsecureRequests] });
}, limit);

after(async () => {
  await door?.stop();
}, limit);

function contentOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

test('discovery tells what there is', limit, () => {
  const server = config.serverMetadata();
  assert.equal(server.issuer, `${door.public}/`);
  assert.deepEqual(server.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(server.response_types_supported, ['code']);
  assert.equal(server.authorization_response_iss_parameter_supported, true);
  assert.ok(server.pushed_authorization_request_endpoint && server.device_authorization_endpoint && server.end_session_endpoint);
});

test('client credentials, introspection, revocation', limit, async () => {
  const tokens = await oidc.clientCredentialsGrant(config, { scope: 'books' });
  assert.equal(tokens.token_type, 'bearer');
  const told = await oidc.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([told.active, told.sub], [true, 'app']);
  await oidc.tokenRevocation(config, tokens.access_token);
  assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
});

test('token exchange', limit, async () => {
  const tokens = await oidc.clientCredentialsGrant(config, { scope: 'books' });
  const exchanged = await oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
    subject_token: tokens.access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: 'https://orders.example',
  });
  const { aud, scope, act } = contentOf(exchanged.access_token);
  assert.deepEqual([aud, scope, act], ['https://orders.example', 'books', { sub: 'app' }]);
});

test('a request is pushed, and its user is asked to sign in', limit, async () => {
  const url = await oidc.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirect,
    scope: 'openid books',
    code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  });
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const answer = await fetch(url, { redirect: 'manual' });
  assert.match(answer.headers.get('location'), /^\/account\/login\?returnUrl=/);
});

test('a device waits for its user', limit, async () => {
  const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid books' });
  assert.ok(device.user_code && device.verification_uri.startsWith(door.public));
  await assert.rejects(
    oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: device.device_code }),
    { error: 'authorization_pending' });
});

test('a wrong secret is refused', limit, async () => {
  const wrong = await oidc.discovery(new URL(door.public), 'app', 'wrong', undefined, { execute: [oidc.allowInsecureRequests] });
  await assert.rejects(oidc.clientCredentialsGrant(wrong), { status: 401 });
});
