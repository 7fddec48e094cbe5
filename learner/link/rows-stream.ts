import { type Consumer, JetStreamApiError, type JetStreamClient, type StreamConfig } from "@nats-io/jetstream";
import type { Subjects } from "../../runtime/link/nats/subjects.ts";
import type { LearnerConfig } from "../config.ts";

const CONSUMER = "learner";
const NS_PER_MS = 1e6;
/** JetStream's error codes. */
const STREAM_NOT_FOUND = 10_059;
const CONSUMER_NOT_FOUND = 10_014;

/**
 * Sees to it that the stream is there as the settings say. It holds rows until the learner has them on its disk (work queue),
 * so its size is what the learner is behind. What somebody else said of it beyond that, as where else rows are to be drawn
 * from, stays: creating it again would take that away. Throws where the server has no room for it.
 */
export async function ensureRowsStream(
  js: JetStreamClient,
  subjects: Subjects,
  settings: LearnerConfig["nats"],
): Promise<void> {
  const jsm = await js.jetstreamManager();
  const config = streamConfig(subjects, settings);
  const { retention: _, storage: __, name, ...changeable } = config;
  try {
    await jsm.streams.update(name, changeable);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw error;
    await jsm.streams.add(config);
  }
}

function streamConfig(subjects: Subjects, settings: LearnerConfig["nats"]) {
  const ageMs = settings.maxAgeHours * 3_600_000;
  const dedupeMs = settings.dedupeSeconds * 1000;
  return {
    name: subjects.stream,
    subjects: [subjects.allRows],
    retention: "workqueue",
    storage: "file",
    discard: settings.discard as StreamConfig["discard"],
    num_replicas: settings.replicas,
    max_bytes: Math.round(settings.streamMb * 2 ** 20),
    max_age: ageMs * NS_PER_MS,
    duplicate_window: (ageMs > 0 ? Math.min(ageMs, dedupeMs) : dedupeMs) * NS_PER_MS,
  } satisfies Partial<StreamConfig>;
}

/**
 * The learner's consumer, made anew: so it begins with the first row that was never acked, and brings all in order, at once.
 * One that goes on would bring new rows first and those that were on their way only after `ackWaitMs`.
 */
export async function freshConsumer(
  js: JetStreamClient,
  subjects: Subjects,
  settings: LearnerConfig["nats"],
): Promise<Consumer> {
  const jsm = await js.jetstreamManager();
  try {
    await jsm.consumers.delete(subjects.stream, CONSUMER);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_NOT_FOUND) throw error;
  }
  await jsm.consumers.add(subjects.stream, {
    durable_name: CONSUMER,
    ack_policy: "explicit",
    deliver_policy: "all",
    ack_wait: settings.ackWaitMs * NS_PER_MS,
    max_ack_pending: settings.windowMessages,
  });
  return js.consumers.get(subjects.stream, CONSUMER);
}
