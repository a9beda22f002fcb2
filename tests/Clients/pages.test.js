import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { Browser } from './support/browser.js';
import { FrontDoor } from './support/frontDoor.js';
import { mailTo } from './support/mail.js';

const limit = { timeout: 60_000 };
const redirect = 'https://app.example/callback';
const user = { email: 'ada@example.com', password: 'violet tractor seldom hums' };
let door;
let config;

before(async () => {
  door = await FrontDoor.start();
  const client = {
    name: 'Book shop',
    grants: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    redirectUris: [redirect],
    postLogoutRedirectUris: ['https://app.example/bye'],
    scopes: ['openid', 'profile', 'offline_access', 'books'],
  };
  const made = await fetch(`${door.management}/admin/v1/clients/app`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(client),
  });
  const { secret } = await made.json();
  config = await oidc.discovery(new URL(door.public), 'app', secret, undefined, {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  await signUp();
}, limit);

after(async () => {
  await door?.stop();
}, limit);

async function signUp() {
  const browser = new Browser();
  const start = await browser.open(`${door.public}/account/sign-up`);
  await browser.submit(start, { email: user.email });
  const choose = await browser.open(await mailTo(user.email, door));
  const account = await browser.submit(choose, { name: 'Ada Lovelace', password: user.password });
  assert.match(account.html, /<h1>Your account<\/h1>/);
}

async function logIn(browser, page) {
  assert.match(page.html, /<h1>Log in<\/h1>/);
  return browser.submit(page, { login: user.email, password: user.password });
}

/** The way of a person who logs in, and is asked when the application is new: to what the application gets. */
async function authorize(browser, parameters = {}, build = oidc.buildAuthorizationUrl) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = await build(config, {
    redirect_uri: redirect,
    scope: 'openid profile books offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  });
  let page = await browser.open(url);
  page = page.html?.includes('<h1>Log in</h1>') ? await logIn(browser, page) : page;
  if (page.html) {
    assert.match(page.html, /Book shop<\/strong> would like to/);
    page = await browser.submit(page, { decision: 'allow' });
  }

  assert.equal(page.url.origin, 'https://app.example', page.html);
  return oidc.authorizationCodeGrant(config, page.url, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce });
}

async function isActive(token) {
  return (await oidc.tokenIntrospection(config, token)).active;
}

test('code with PKCE through login and consent, userinfo, refresh with rotation', limit, async () => {
  const browser = new Browser();
  const tokens = await authorize(browser);
  const { sub } = tokens.claims();
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub)).name, 'Ada Lovelace');

  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(next.claims().sub, sub);
  const last = await oidc.refreshTokenGrant(config, next.refresh_token);
  assert.equal(await isActive(last.access_token), true);

  // Somebody uses the first one again: the whole family is refused, and the session with it.
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(oidc.refreshTokenGrant(config, last.refresh_token), { error: 'invalid_grant' });
  assert.equal(await isActive(last.access_token), false);
});

test('who has not allowed it is sent back without code', limit, async () => {
  const browser = new Browser();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: 'openid books',
    prompt: 'consent',
    code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  });
  const page = await logIn(browser, await browser.open(url));
  const { url: back } = await browser.submit(page, { decision: 'deny' });
  assert.deepEqual([back.searchParams.get('error'), back.searchParams.get('iss')], ['access_denied', `${door.public}/`]);
});

test('a pushed request', limit, async () => {
  const tokens = await authorize(new Browser(), {}, oidc.buildAuthorizationUrlWithPAR);
  assert.equal(await isActive(tokens.access_token), true);
});

test('a device code allowed on the page', limit, async () => {
  const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid books offline_access' });
  const browser = new Browser();
  const enter = await logIn(browser, await browser.open(device.verification_uri));
  const wrong = await browser.submit(enter, { user_code: '0000-0000-0000' });
  assert.equal(wrong.status, 400);
  const ask = await browser.submit(wrong, { user_code: device.user_code });
  assert.match(ask.html, /<h1>Connect Book shop\?<\/h1>/);
  const done = await browser.submit(ask, { decision: 'allow' });
  assert.match(done.html, /The device is connected/);

  const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 });
  assert.equal(await isActive(tokens.access_token), true);
  assert.ok(tokens.refresh_token);
});

test('revoking a refresh token ends its family', limit, async () => {
  const tokens = await authorize(new Browser());
  await oidc.tokenRevocation(config, tokens.refresh_token);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});

test('logout ends the session and all that came of it', limit, async () => {
  const browser = new Browser();
  const tokens = await authorize(browser);
  const url = oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://app.example/bye', state: 's',
  });
  assert.equal((await browser.open(url)).url.href, 'https://app.example/bye?state=s');

  assert.match((await browser.open(`${door.public}/account`)).html, /<h1>Log in<\/h1>/);
  assert.equal(await isActive(tokens.access_token), false);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});
