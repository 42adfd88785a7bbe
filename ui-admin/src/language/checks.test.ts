import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Checks } from './checks';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A check that is answered by hand, in any order. */
function byHand() {
  const asked = new Map<string, { answer: (value: string) => void; fail: () => void; signal: AbortSignal }>();
  const told: (string | undefined)[] = [];
  const checks = new Checks<string>(
    (text, signal) => new Promise((answer, fail) => void asked.set(text, { answer, fail: () => fail(new Error('gone')), signal })),
    (answer) => void told.push(answer),
    100,
  );
  const settle = () => vi.advanceTimersByTimeAsync(0);
  return { asked, told, checks, settle };
}

test('a text is asked about once it has rested', async () => {
  const { asked, told, checks, settle } = byHand();
  checks.changed('a');
  await vi.advanceTimersByTimeAsync(99);
  checks.changed('ab');
  await vi.advanceTimersByTimeAsync(99);
  expect(asked.size).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect([...asked.keys()]).toEqual(['ab']);
  asked.get('ab')?.answer('fine');
  await settle();
  expect(told).toEqual(['fine']);
});

test('answers out of order are dropped', async () => {
  const { asked, told, checks, settle } = byHand();
  checks.changed('old');
  await vi.advanceTimersByTimeAsync(100);
  checks.changed('new');
  await vi.advanceTimersByTimeAsync(100);
  asked.get('new')?.answer('of new');
  await settle();
  asked.get('old')?.answer('of old');
  await settle();
  expect(told).toEqual(['of new']);
});

test('an answer about a text that has changed meanwhile is dropped, and the question withdrawn', async () => {
  const { asked, told, checks, settle } = byHand();
  checks.changed('old');
  await vi.advanceTimersByTimeAsync(100);
  checks.changed('new');
  expect(asked.get('old')?.signal.aborted).toBe(true);
  asked.get('old')?.answer('of old');
  await settle();
  expect(told).toEqual([]);
});

test('a check that fails tells nothing of the text, and nothing is told after the stop', async () => {
  const { asked, told, checks, settle } = byHand();
  checks.changed('a');
  await vi.advanceTimersByTimeAsync(100);
  asked.get('a')?.fail();
  await settle();
  expect(told).toEqual([undefined]);
  checks.changed('b');
  await vi.advanceTimersByTimeAsync(100);
  checks.stop();
  asked.get('b')?.answer('late');
  await settle();
  expect(told).toEqual([undefined]);
});
