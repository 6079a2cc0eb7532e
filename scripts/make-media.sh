#!/bin/sh
# Makes every media file of the project: test/fixtures/ for the tests, assets/sample.mp4 for a first try.
# Needs ffmpeg with libx264 and the DejaVu fonts (Debian: apt-get install ffmpeg fonts-dejavu-core).
set -eu
cd "$(dirname "$0")/.."

fixtures=test/fixtures
mkdir -p "$fixtures" assets

make() { ffmpeg -v error -y "$@"; }

# No dates, versions or encoder settings in the files: the same ffmpeg makes the same bytes.
plain="-map_metadata -1 -fflags +bitexact -flags +bitexact"
h264="-c:v libx264 -preset veryslow -pix_fmt yuv420p -bsf:v filter_units=remove_types=6"
aac="-c:a aac -ac 1 -ar 22050 -b:a 24k"

# clip.mp4: 2 s, 180x320, H.264 and AAC, its index at the front.
make -f lavfi -i "testsrc2=size=180x320:rate=12:duration=2" -f lavfi -i "sine=frequency=440:duration=2" \
  $h264 -crf 36 $aac $plain -movflags +faststart "$fixtures/clip.mp4"

# cut-off.mp4: the first half of clip.mp4, as an interrupted copy leaves it.
half=$(($(wc -c < "$fixtures/clip.mp4") / 2))
head -c "$half" "$fixtures/clip.mp4" > "$fixtures/cut-off.mp4"

# landscape.mp4: 1 s, 320x180, no sound, its index at the end.
make -f lavfi -i "testsrc2=size=320x180:rate=10:duration=1" $h264 -crf 38 $plain "$fixtures/landscape.mp4"

# rotated.mp4: the same pictures with a quarter turn noted beside them, as phones write it; shown as 180x320.
make -i "$fixtures/landscape.mp4" -c copy $plain -metadata:s:v rotate=90 "$fixtures/rotated.mp4"

# clip.webm: 1 s, 180x320, VP8.
make -f lavfi -i "testsrc2=size=180x320:rate=10:duration=1" -c:v libvpx -crf 50 -b:v 60k $plain "$fixtures/clip.webm"

# tone.*: 1 s of the note A in each kind of sound file.
tone_as() {
  rate=$1
  shift
  make -f lavfi -i "sine=frequency=440:duration=1:sample_rate=$rate" -ac 1 $plain "$@"
}
tone_as 22050 -c:a libmp3lame -b:a 32k "$fixtures/tone.mp3"
tone_as 8000 -c:a pcm_u8 "$fixtures/tone.wav"
tone_as 22050 -c:a aac -b:a 24k "$fixtures/tone.m4a"
tone_as 48000 -c:a libopus -b:a 16k "$fixtures/tone.ogg"
tone_as 8000 -c:a flac -metadata_header_padding 0 "$fixtures/tone.flac"

# not-a-video.mp4: words under a video's name.
printf 'These are words, whatever the name of the file says.\n' > "$fixtures/not-a-video.mp4"

# assets/sample.mp4: 4 s, 360x640; a slow gradient, the name, a countdown with its bar, and a soft beat on each second.
sans=$(fc-match -f '%{file}' 'DejaVu Sans')
bold=$(fc-match -f '%{file}' 'DejaVu Sans:bold')
picture="
  [0]drawtext=fontfile=$bold:text=Airdate:fontsize=64:fontcolor=white:x=(w-text_w)/2:y=190,
     drawtext=fontfile=$sans:text='on air in':fontsize=20:fontcolor=white@0.8:x=(w-text_w)/2:y=290,
     drawtext=fontfile=$bold:text='%{eif\:4-floor(t)\:d}':fontsize=84:fontcolor=white:x=(w-text_w)/2:y=330[words];
  [1][2]overlay=x='60*t-240':format=auto[bar];
  [words][bar]overlay=x=60:y=440,format=yuv420p[picture]"
make -f lavfi -i "gradients=size=360x640:rate=24:duration=4:speed=0.012:nb_colors=3:c0=0x1b1e4b:c1=0x7b2d6b:c2=0xf2784b:x0=0:y0=0:x1=360:y1=640:seed=1" \
  -f lavfi -i "color=c=white@0.25:size=240x4:rate=24:duration=4,format=rgba" \
  -f lavfi -i "color=c=white:size=240x4:rate=24:duration=4,format=rgba" \
  -f lavfi -i "aevalsrc='0.25*sin(2*PI*440*(1+gte(t,3)/2)*t)*exp(-9*mod(t,1))':duration=4:sample_rate=22050" \
  -filter_complex "$picture" -map "[picture]" -map 3:a \
  $h264 -crf 26 $aac $plain -movflags +faststart assets/sample.mp4

wc -c "$fixtures"/* assets/sample.mp4
