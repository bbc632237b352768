echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
read -r line < gate
echo "end $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace
