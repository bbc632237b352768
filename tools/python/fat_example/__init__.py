"""Example package: functions written as the original FAT scripts are, to copy from."""
