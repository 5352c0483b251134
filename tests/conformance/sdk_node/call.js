// Lets another program call the official Node SDK, unmodified but for its base URL, in the v2 view that
// it speaks by default. The first line read is the account; each further line is one call,
// {service, method, agency, parameters, body}, answered by one line, {status, body} or {missing}.
'use strict';

const readline = require('node:readline');
const { HighLevel } = require('@gohighlevel/api-client');

const lines = readline.createInterface({ input: process.stdin });
let ofLocation;
let ofAgency;

function open(account) {
  HighLevel.BASE_URL = account.url;
  const client = (token) => new HighLevel({ privateIntegrationToken: token, logLevel: 'none' });
  ofLocation = client(account.private_integration_token);
  ofAgency = client(account.agency_private_integration_token);
}

// A method takes its path and query parameters as one object, then the body, whichever it has.
function argumentsOf(method, wanted) {
  const [names] = /\((.*?)\)/.exec(method.toString()).slice(1);
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'options')
    .map((name) => (name === 'params' ? wanted.parameters : wanted.body));
}

async function call(wanted) {
  const service = (wanted.agency ? ofAgency : ofLocation)[wanted.service];
  const method = service?.[wanted.method];
  if (method === undefined) return { missing: true };
  if (wanted.probe) return {};
  try {
    return { body: await method.apply(service, argumentsOf(method, wanted)) };
  } catch (error) {
    return { status: error.statusCode ?? 0, body: error.response ?? String(error) };
  }
}

async function main() {
  for await (const line of lines) {
    const wanted = JSON.parse(line);
    if (wanted.url) open(wanted);
    else console.log(JSON.stringify(await call(wanted)));
  }
}

main();
