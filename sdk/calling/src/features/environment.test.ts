import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentInfo } from './environment.ts';

const cases = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0', 'windows', 'edge', '148'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36', 'linux', 'chrome', '156'],
  ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36', 'android', 'chrome', '148'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15', 'mac', 'safari', '18'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1', 'ios', 'safari', '18'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'linux', 'firefox', '140'],
] as const;

for (const [userAgent, platform, browser, browserVersion] of cases) {
  test(`${browser} on ${platform} is recognised and supported`, () => {
    assert.deepEqual(environmentInfo(userAgent, true), {
      environment: { platform, browser, browserVersion },
      isSupportedPlatform: true, isSupportedBrowser: true, isSupportedBrowserVersion: true, isSupportedEnvironment: true,
    });
  });
}

test('an old browser, and one without WebRTC, is not supported', () => {
  assert.equal(environmentInfo(cases[1][0].replace('156', '70'), true).isSupportedBrowserVersion, false);
  assert.equal(environmentInfo(cases[1][0], false).isSupportedEnvironment, false);
  assert.equal(environmentInfo('curl/8', true).isSupportedEnvironment, false);
});
