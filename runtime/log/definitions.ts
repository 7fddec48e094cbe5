/** ROS 2 message definitions (ros2/common_interfaces), each with those it refers to, as the schema encoding "ros2msg" wants. */

const SEPARATOR = "=".repeat(80);

const HEADER = `${SEPARATOR}
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
${SEPARATOR}
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`;

export const IMAGE = `std_msgs/Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
${HEADER}`;

export const COMPRESSED_IMAGE = `std_msgs/Header header
string format
uint8[] data
${HEADER}`;

export const JOINT_STATE = `std_msgs/Header header
string[] name
float64[] position
float64[] velocity
float64[] effort
${HEADER}`;

export const IMU = `std_msgs/Header header
geometry_msgs/Quaternion orientation
float64[9] orientation_covariance
geometry_msgs/Vector3 angular_velocity
float64[9] angular_velocity_covariance
geometry_msgs/Vector3 linear_acceleration
float64[9] linear_acceleration_covariance
${HEADER}${SEPARATOR}
MSG: geometry_msgs/Quaternion
float64 x
float64 y
float64 z
float64 w
${SEPARATOR}
MSG: geometry_msgs/Vector3
float64 x
float64 y
float64 z
`;
