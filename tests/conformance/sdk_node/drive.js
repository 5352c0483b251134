// The official Node SDK's handling of tokens, unmodified but for its base URL, in the v2 view that it
// speaks by default; and its defects. Reads the account as JSON from standard input and prints one JSON line
// per operation: {operation, verdict, note}.
'use strict';

const assert = require('node:assert/strict');
const { text } = require('node:stream/consumers');
const { HighLevel } = require('@gohighlevel/api-client');

const PASSED = 'passed';
const KNOWN_DEFECT = 'known SDK defect';
const FAILED = 'FAILED';
const TWO_DAYS = 2 * 86_400;

async function errorOf(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return assert.fail('The SDK should have raised an error.');
}

// An app's tokens: got by authorisation, expired by the sandbox's clock, refreshed and stored.
function tokenSteps(account) {
  const { location_id: locationId, client_id: clientId, client_secret: clientSecret } = account;
  const ghl = new HighLevel({ clientId, clientSecret, logLevel: 'none' });
  const storage = ghl.getSessionStorage();
  const read = () => ghl.contacts.getContacts({ locationId, limit: 1 });
  let ahead = 0;
  const expire = () => turnClockAhead(account, (ahead += TWO_DAYS));
  return {
    async 'exchange code'() {
      const session = await ghl.oauth.getAccessToken({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'authorization_code',
        code: account.code,
        redirect_uri: account.redirect_uri,
        user_type: 'Location',
      });
      assert.equal(session.locationId, locationId);
      await storage.setSession(locationId, session);
      await read();
    },
    async 'refuse expired token'() {
      const locationAccessToken = await storage.getAccessToken(locationId);
      await expire();
      const stale = new HighLevel({ clientId, clientSecret, locationAccessToken, logLevel: 'none' });
      const error = await errorOf(stale.contacts.getContacts({ locationId, limit: 1 }));
      assert.deepEqual([error.statusCode, error.code], [401, 'AUTHENTICATION']);
    },
    async 'refresh expired token'() {
      const before = await storage.getSession(locationId);
      await read(); // meets the 401, refreshes, stores and repeats, all by itself
      const after = await storage.getSession(locationId);
      assert.ok(after.access_token !== before.access_token);
      assert.ok(after.refresh_token !== before.refresh_token);
    },
    async 'refresh again'() {
      await expire();
      await read(); // works only because the rotated refresh token was kept
    },
  };
}

// facts: ghl 8.2; shown, so that the sandbox is not loosened for them.
function defects(account) {
  const { location_id: locationId, client_id: clientId, client_secret: clientSecret } = account;
  const ghl = new HighLevel({ clientId, clientSecret, logLevel: 'none' });
  return {
    async 'bulk update tags'() {
      const body = { locationId, contacts: [], tags: ['lead'] };
      const error = await errorOf(ghl.contacts.createAssociation({ type: 'add' }, body));
      assert.equal(error.request.headers.Authorization, undefined);
      assert.ok([401, 404].includes(error.statusCode));
      return 'facts: ghl 8.2; the SDK sends no token to bulk tags';
    },
  };
}

async function turnClockAhead(account, seconds) {
  const body = JSON.stringify({ clock_skew: { seconds } });
  const reply = await fetch(`${account.url}/_sandbox/faults`, { method: 'PUT', body });
  assert.ok(reply.ok, `the sandbox's clock was not turned: ${reply.status}`);
}

async function tryAll(steps, success) {
  for (const [operation, step] of Object.entries(steps)) {
    let line;
    try {
      line = { operation, verdict: success, note: (await step()) ?? '' };
    } catch (error) {
      line = { operation, verdict: FAILED, note: `${error.name}: ${error.message}` };
    }
    console.log(JSON.stringify(line));
  }
}

async function main() {
  const account = JSON.parse(await text(process.stdin));
  HighLevel.BASE_URL = account.url;
  await tryAll(tokenSteps(account), PASSED);
  await tryAll(defects(account), KNOWN_DEFECT);
}

main();
