/**
 * What is used of rclnodejs 2.2 (https://github.com/RobotWebTools/rclnodejs). Its own types are made at its installation from
 * the messages of the ROS 2 at hand, so they cannot be relied on where there is none.
 */
export interface Rclnodejs {
  init(): Promise<void>;
  shutdown(): void;
  isShutdown(): boolean;
  /** Its own handler of SIGINT would end ROS before the robot is brought to its end state. */
  removeSignalHandlers(): void;
  readonly Node: new (name: string) => RclNode;
  readonly QoS: new (history: number, depth: number, reliability: number, durability: number) => object;
}

export interface RclNode {
  /** Of raw subscriptions the callback gets the message's CDR bytes. */
  createSubscription(
    type: string,
    topic: string,
    options: { readonly qos: object; readonly isRaw: true },
    onMessage: (cdr: Buffer) => void,
  ): object;
  createPublisher(type: string, topic: string, options: { readonly qos: object }): RclPublisher;
  createClient(type: string, service: string): RclClient;
  spin(): void;
  destroy(): void;
}

export interface RclPublisher {
  /** A buffer is sent as it is. */
  publish(cdr: Buffer): void;
}

export interface RclClient {
  waitForService(timeoutMs: number): Promise<boolean>;
  sendRequest(request: object, onResponse: (response: unknown) => void): void;
}

/** Numbers of rmw's policies, as `QoS` takes them. */
export const RMW = { keepLast: 1, reliable: 1, bestEffort: 2, transientLocal: 1, volatile: 2 } as const;
