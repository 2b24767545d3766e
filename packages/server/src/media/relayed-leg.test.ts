import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { nodeCrypto } from '@dialplane/kernels';
import { encodeUtf8, MessageBuilder, parseStunMessage, parseTransportAddress, stunMethod, writeFingerprint, writeShortTerm, type StunMessage } from '@dialplane/stun';
import { reach } from '../relay/test-relay-path.ts';
import { startTestServer } from '../test-server.ts';
import { chromiumsOffer, join, people, skip } from './test-group.ts';

/** A connectivity check that nominates (RFC 8445 §7.2.2), with the credentials of offer and answer. */
function check(answer: string): Buffer {
  const [remote, password, local] = [/a=ice-ufrag:(\S+)/.exec(answer)?.[1], /a=ice-pwd:(\S+)/.exec(answer)?.[1], /a=ice-ufrag:(\S+)/.exec(chromiumsOffer)?.[1]];
  assert.ok(remote !== undefined && password !== undefined && local !== undefined);
  const [priority, useCandidate, iceControlling] = [0x0024, 0x0025, 0x802a];
  const builder = new MessageBuilder(new Uint8Array(256));
  builder.begin('request', stunMethod.binding, randomBytes(12)).uint32(priority, 1).attribute(useCandidate, new Uint8Array()).attribute(iceControlling, new Uint8Array(8));
  writeShortTerm(builder, `${remote}:${local}`, 'sha1', encodeUtf8(password), nodeCrypto);
  writeFingerprint(builder);
  return Buffer.from(builder.finish());
}

test('a client without UDP reaches its media process through the relay, which permits nothing else on this machine', { skip }, async (t) => {
  const server = await startTestServer(t, { media: true });
  const ca = await readFile(String(server.certificateAuthorityFile), 'utf8');
  const [ann] = await people(server.httpUrl, 'Ann');
  assert.ok(ann !== undefined);
  const call = await join(ann, randomUUID());
  const { description } = await ann.next('mediaDescription');
  const [, host, port] = /a=candidate:1 1 udp \d+ (\S+) (\d+)/.exec(description.sdp) ?? [];
  const mediaProcess = parseTransportAddress(host?.includes(':') === true ? `[${host}]:${port}` : `${host}:${port}`);
  assert.ok(mediaProcess !== undefined);
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    const answered = Promise.withResolvers<StunMessage>();
    const { turn } = await reach(call.mediaSessions[0]?.iceServers ?? [], transport, ca, (bytes) => {
      const parsed = parseStunMessage(bytes);
      if (parsed.ok) answered.resolve(parsed.value);
    });
    t.after(() => turn.close());
    await turn.bindChannel(mediaProcess);
    turn.send(mediaProcess, check(description.sdp));
    assert.equal((await answered.promise).messageClass, 'success');
    await assert.rejects(turn.bindChannel({ ...mediaProcess, port: Number(new URL(server.httpUrl).port) }), /403|Forbidden|FORBIDDEN/);
  }
});
