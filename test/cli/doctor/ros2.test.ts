import { expect, test } from "vitest";
import { checkRos2 } from "../../../runtime/cli/doctor/ros2.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { type Fake, fakeSystem, verdicts } from "./fake-system.ts";

const SOURCED = { AMENT_PREFIX_PATH: "/opt/ros/humble", ROS_DISTRO: "humble" };
const check = (has: Fake, driver = "ros2", rosbridge = "") =>
  checkRos2(fakeSystem(has), { driver, rosbridge }, THRESHOLDS);
const sourced = (env: object = {}, script: object = {}): Fake => ({
  over: { env: { ...SOURCED, ...env } },
  programs: { script },
});

test("none is a note for the simulation, a failure for a robot on ROS 2", async () => {
  expect((await check({}, "sim"))[0]!.verdict).toBe("note");
  expect((await check({}))[0]).toMatchObject({ verdict: "fail", what: "ROS 2" });
});

test("an installed one that is not sourced is told how to be", async () => {
  const [finding] = await check({ folders: { "/opt/ros": ["jazzy"] } });
  expect(finding).toMatchObject({ verdict: "fail", fix: "source /opt/ros/jazzy/setup.bash" });
});

test("rclnodejs is not even looked at where no ROS 2 is sourced: importing it there undoes its build", async () => {
  let scripts = 0;
  const script = () => {
    scripts++;
    return {};
  };
  await check({ programs: { script } });
  expect(scripts).toBe(0);
});

test("a sourced one with rclnodejs passes", async () => {
  expect(verdicts(await check(sourced()))).toEqual([
    "pass ROS 2",
    "pass rclnodejs",
    "note RMW_IMPLEMENTATION",
    "note ROS_DOMAIN_ID",
  ]);
});

test.each([
  { env: {}, script: { code: 1, stderr: "Error: Cannot find package 'rclnodejs'" }, says: "fail rclnodejs" },
  { env: { ROS_DOMAIN_ID: "9x" }, script: {}, says: "fail ROS_DOMAIN_ID" },
  { env: { ROS_LOCALHOST_ONLY: "1" }, script: {}, says: "warn ROS_LOCALHOST_ONLY" },
])("$says", async ({ env, script, says }) => {
  expect(verdicts(await check(sourced(env, script)))).toContain(says);
});

const answering = (text: string): Fake => ({
  over: { greet: async () => ({ heard: Buffer.from(text), connectMs: 1, answerMs: 2 }) },
});

test.each([
  { is: "a rosbridge", has: answering("HTTP/1.1 101"), verdict: "pass" },
  { is: "some other server", has: answering("HTTP/1.1 404"), verdict: "fail" },
  { is: "nobody", has: {}, verdict: "fail" },
])("behind the address is $is: $verdict; this computer needs no ROS 2 then", async ({ has, verdict }) => {
  const findings = await check(has, "ros2", "ws://robot:9090");
  expect(findings.map((finding) => finding.verdict)).toEqual([verdict, "note"]);
});
