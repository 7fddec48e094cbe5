/**
 * Unitree's messages as their repository defines them: unitreerobotics/unitree_ros2, commit eea2719816eb5920a7c7df08cf880a79b2de42f4,
 * cyclonedds_ws/src/unitree/unitree_go/msg (BSD-3-Clause). Nested ones follow their "MSG:" line, as in a bag file.
 */
export const UNITREE_GO = {
  "unitree_go/msg/LowCmd": `uint8[2] head
uint8 level_flag
uint8 frame_reserve
uint32[2] sn
uint32[2] version
uint16 bandwidth
MotorCmd[20] motor_cmd
BmsCmd bms_cmd
uint8[40] wireless_remote
uint8[12] led
uint8[2] fan
uint8 gpio
uint32 reserve
uint32 crc
================================================================================
MSG: unitree_go/MotorCmd
uint8 mode
float32 q
float32 dq
float32 tau
float32 kp
float32 kd
uint32[3] reserve
================================================================================
MSG: unitree_go/BmsCmd
uint8 off
uint8[3] reserve`,

  "unitree_go/msg/LowState": `uint8[2] head
uint8 level_flag
uint8 frame_reserve
uint32[2] sn
uint32[2] version
uint16 bandwidth
IMUState imu_state
MotorState[20] motor_state
BmsState bms_state
int16[4] foot_force
int16[4] foot_force_est
uint32 tick
uint8[40] wireless_remote
uint8 bit_flag
float32 adc_reel
int8 temperature_ntc1
int8 temperature_ntc2
float32 power_v
float32 power_a
uint16[4] fan_frequency
uint32 reserve
uint32 crc
================================================================================
MSG: unitree_go/IMUState
float32[4] quaternion
float32[3] gyroscope
float32[3] accelerometer
float32[3] rpy
int8 temperature
================================================================================
MSG: unitree_go/MotorState
uint8 mode
float32 q
float32 dq
float32 ddq
float32 tau_est
float32 q_raw
float32 dq_raw
float32 ddq_raw
int8 temperature
uint32 lost
uint32[2] reserve
================================================================================
MSG: unitree_go/BmsState
uint8 version_high
uint8 version_low
uint8 status
uint8 soc
int32 current
uint16 cycle
int8[2] bq_ntc
int8[2] mcu_ntc
uint16[15] cell_vol`,
} as const;
