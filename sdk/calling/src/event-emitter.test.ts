import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { EventEmitter } from './event-emitter.ts';

class Bell extends EventEmitter<{ rang: (loudness: number) => void }> {
  ring(loudness: number): void {
    this.emit('rang', loudness);
  }
}

test('a listener is called once however often it was registered, and not after off', () => {
  const bell = new Bell();
  const heard: number[] = [];
  const listener = (loudness: number) => heard.push(loudness);
  bell.on('rang', listener);
  bell.on('rang', listener);
  bell.ring(1);
  bell.off('rang', listener);
  bell.ring(2);
  assert.deepEqual(heard, [1]);
});

test('off of an unknown listener is harmless', () => {
  const bell = new Bell();
  const heard: number[] = [];
  bell.on('rang', (loudness) => heard.push(loudness));
  bell.off('rang', () => {});
  bell.ring(1);
  assert.deepEqual(heard, [1]);
});

test('a throwing listener stops nobody else and is reported', () => {
  const bell = new Bell();
  const reported = mock.method(console, 'error', () => {});
  let heard = 0;
  bell.on('rang', () => {
    throw new Error('broken listener');
  });
  bell.on('rang', () => {
    heard += 1;
  });
  bell.ring(1);
  assert.equal(heard, 1);
  assert.equal(reported.mock.callCount(), 1);
  reported.mock.restore();
});

test('works through a Proxy, as applications wrap these objects', () => {
  const bell = new Proxy(new Bell(), { get: (target, name, receiver) => Reflect.get(target, name, receiver) as unknown });
  let heard = 0;
  bell.on('rang', () => {
    heard += 1;
  });
  bell.ring(1);
  assert.equal(heard, 1);
});

test('a listener added during delivery waits for the next event', () => {
  const bell = new Bell();
  let late = 0;
  bell.on('rang', () => {
    bell.on('rang', () => {
      late += 1;
    });
  });
  bell.ring(1);
  assert.equal(late, 0);
});
