/** Every number of the ROS 2 driver. */
export const ROS2_DEFAULTS = {
  /** How long the first read waits until every topic has spoken. */
  firstSampleMs: 2000,
  /**
   * How long a service may take. The loop stands still while controllers are switched, so that targets do not run ahead of a
   * machine that does not follow yet; a governor that says nothing for `supervisor.governorHangMs` is taken for dead.
   */
  callMs: 300,
  /** How long to ask why controllers were not switched. */
  explainMs: 100,
  /** An end state that messages bring about is said again so often, until there is a command. */
  repeatMs: 20,
  /** One that was out of reach and is farther than this from where it was to be held is held where it then is, rad. */
  heldWithin: 0.1,
  /** Over which the offset between the robot's clock and ours is taken. */
  offsetWindowMs: 10_000,
  /** A topic whose messages are refused one after the other is told of so often. */
  retellMs: 5000,
  /** A topic that says nothing for so long is told of. */
  silentMs: 1000,
  /** How often diagnostics are published; 0: never. */
  diagnosticsMs: 1000,
  diagnosticsTopic: "/diagnostics",
  /** A trajectory's point is to be reached after so many periods of the servo rate. */
  trajectoryPeriods: 2,
};

export type Ros2Settings = typeof ROS2_DEFAULTS;
