import type { RefusalCode } from '../../devices/contract/quarantine.ts';
import { topics } from '../../devices/contract/topics.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Admission, Admitted, Message } from '../admission/admission.ts';
import { reasons } from '../admission/reasons.ts';
import type { Intake } from '../intake.ts';
import {
  attributesAnswer,
  type DoorKind,
  gatewayAnswer,
  gatewayQuestion,
  methodIn,
  type SharedOf,
  sessionLimits,
} from './answers.ts';
import { type Reply, receiptBook, receiptNumber } from './receipts.ts';
import { answerTopic, type FoundTopic, findTopic, type RefusedWhy } from './topic-table.ts';

/** Whoever sent a message, and how it is spoken to. One object for one connection: what is gathered is gathered by it. */
export interface Sender {
  readonly door: DoorKind;
  /** Sends to this sender only; what it does not read is dropped and counted by the door. */
  readonly reply: Reply;
}

/** The device and gateway API, whatever door a message came through. */
export interface DeviceApi {
  /**
   * Does with a message what its topic asks for and calls `done` when whoever sent it may be told: kept or quarantined
   * durably, answered, or ignored on purpose. An error means that nothing may be acknowledged.
   */
  receive(message: Message, from: Sender, done: (err: Error | null) => void): void;
  /** A message whose payload is not looked at, since it is too large. */
  tooLarge(message: Message, size: number, from: Sender, done: (err: Error | null) => void): void;
  /** Messages that were accepted and ignored, by line of the topic table, since the process began. */
  readonly ignored: Readonly<Record<string, number>>;
}

export interface DeviceApiParts {
  readonly intake: Pick<Intake, 'take' | 'settle'>;
  readonly admission: Pick<Admission, 'admit'>;
  /** What the registry says of a device: a gateway asks for attributes of its own devices only. */
  readonly registry: { device(id: string): { readonly gateway?: string | undefined } | undefined };
  /** Attributes shared with a device or gateway beside the time. */
  readonly shared?: SharedOf;
  readonly maxPacketBytes: number;
  readonly now: () => number;
}

const nothingShared: SharedOf = () => ({});

/** A message that was refused as a whole. */
const refusal = (code: RefusalCode, reason: Bilingual, device: string | null = null): Admitted => ({
  entries: [],
  refusals: [{ device, code, reason, count: 1 }],
  readings: 0,
  doubtful: 0,
  safety: false,
});

const refusedFamilies: Readonly<Record<RefusedWhy, (topic: string) => Bilingual>> = {
  protobuf: reasons.protobuf,
  firmware: reasons.firmware,
  provisioning: reasons.provisioning,
};

const exampleQuestion = '{"sharedKeys": "serverTime"}';
const exampleGatewayQuestion = '{"id": 1, "device": "d-1", "keys": ["serverTime"]}';

/** Builds the API on an intake. */
export function deviceApi(parts: DeviceApiParts): DeviceApi {
  const { intake, admission, registry, shared = nothingShared, maxPacketBytes, now } = parts;
  const ignored: Record<string, number> = {};
  const receipt = receiptBook();
  type Done = (err: Error | null) => void;

  const tell = ({ topic, received }: Message, from: Sender, { refusals }: Admitted): void => {
    if (refusals.length > 0) from.reply(topics.errors, { topic, received, refusals });
  };
  const settle = (message: Message, size: number, admitted: Admitted, from: Sender, done: Done): void =>
    intake.settle(message, size, admitted, (err, settled) => {
      done(err);
      if (!err) tell(message, from, settled);
    });
  const refuse = (message: Message, code: RefusalCode, reason: Bilingual, from: Sender, done: Done): void =>
    settle(message, message.payload.length, refusal(code, reason), from, done);

  const judge = (message: Message, { rule, level }: FoundTopic, from: Sender, done: Done): void => {
    if (rule.kind !== 'judge') return;
    const number = rule.numbered ? receiptNumber(level) : undefined;
    if (rule.numbered && number === undefined) {
      refuse(message, 'unknown-topic', reasons.badReceiptNumber(message.topic), from, done);
      return;
    }
    const settled = (err: Error | null, admitted: Admitted): void => {
      done(err);
      if (err) return;
      tell(message, from, admitted);
      if (number !== undefined) receipt(from.reply, from, number);
    };
    if (rule.as === message.topic) intake.take(message, settled);
    // The quarantine keeps the topic that was used, not the one it stands for.
    else intake.settle(message, message.payload.length, admission.admit({ ...message, topic: rule.as }), settled);
  };

  const answered = (from: Sender, topic: string, body: unknown, done: Done): void => {
    from.reply(topic, body);
    setImmediate(done, null);
  };

  const answerDevice = (message: Message, from: Sender, done: Done): void => {
    const answer = attributesAnswer(message.payload, message.client, now(), from.door, shared);
    if (answer) answered(from, answerTopic(message.topic), answer, done);
    else refuse(message, 'wrong-shape', reasons.notAQuestion(exampleQuestion), from, done);
  };

  const answerGateway = (message: Message, from: Sender, done: Done): void => {
    const question = gatewayQuestion(message.payload);
    if (!question) {
      refuse(message, 'wrong-shape', reasons.notAQuestion(exampleGatewayQuestion), from, done);
    } else if (registry.device(question.device)?.gateway !== message.client) {
      const reason = reasons.notBehind(question.device, message.client);
      settle(message, message.payload.length, refusal('not-behind-this-gateway', reason, question.device), from, done);
    } else {
      const body = gatewayAnswer(question, now(), from.door, shared);
      answered(from, 'v1/gateway/attributes/response', body, done);
    }
  };

  const call = (message: Message, from: Sender, done: Done): void => {
    const method = methodIn(message.payload);
    if (method === 'getSessionLimits') answered(from, answerTopic(message.topic), sessionLimits(maxPacketBytes), done);
    else refuse(message, 'unsupported', reasons.noSuchCall(method), from, done);
  };

  const ignore = ({ pattern }: FoundTopic, done: Done): void => {
    ignored[pattern] = (ignored[pattern] ?? 0) + 1;
    setImmediate(done, null);
  };

  return {
    ignored,
    receive(message, from, done) {
      const found = findTopic(message.topic);
      if (!found) {
        // Admission has the words for topics that nobody knows.
        intake.take(message, (err, admitted) => {
          done(err);
          if (!err) tell(message, from, admitted);
        });
        return;
      }
      const { rule } = found;
      switch (rule.kind) {
        case 'judge':
          return judge(message, found, from, done);
        case 'attributes-request':
          return rule.answer === 'device' ? answerDevice(message, from, done) : answerGateway(message, from, done);
        case 'rpc-request':
          return call(message, from, done);
        case 'refused':
          return refuse(message, 'unsupported', refusedFamilies[rule.why](message.topic), from, done);
        case 'ours':
          // Through a broker between, it is most likely our own word that comes back to us.
          if (from.door === 'relayed') return ignore(found, done);
          return refuse(message, 'unknown-topic', reasons.oursToSend(message.topic), from, done);
        case 'ignored':
          return ignore(found, done);
      }
    },
    tooLarge(message, size, from, done) {
      settle(message, size, refusal('too-large', reasons.tooLarge(size, maxPacketBytes)), from, done);
    },
  };
}
